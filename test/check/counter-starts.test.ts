import { expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { modulo } from '../../lib/limiters/exact.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

const windowUs = 1_000_000

/** Where the windows of a counter may start, of what one of 40 answered whose windows start at `phaseUs`. */
function openStarts(phaseUs: number) {
  const counter = limiter('sliding-counter', 40, windowUs)
  const random = seededRandom(1)
  const model = createLimiter('sliding-counter', { ...counter, phaseUs })
  let state = model.init()
  let us = 0
  const seen = Array.from({ length: 400 }, (): Seen => {
    us += Math.floor(20_000 * random())
    const admitted = model.admits(state, us, 1)
    if (admitted) state = model.charge(state, us, 1)
    return { lo: us, as: admitted ? 'accepted' : 'refused' }
  })
  const found = refuteByBounds(new EvidenceIndex(evidenceOf(seen)), counter, false)
  return found.refuted ? [] : found.openUs
}

it.each([0, 123_456, 777_777])(
  'where few starts of a sliding counter are open, they are told much finer than they are looked for at first (start %i)',
  (phaseUs) => {
    const open = openStarts(phaseUs)
    expect(open.some(([from, to]) => modulo(phaseUs - from, windowUs) <= to - from)).toBe(true)
    expect(Math.max(...open.map(([from, to]) => to - from))).toBeLessThan(windowUs / 4_000)
    for (const [k, [from]] of open.slice(1).entries()) expect(from).toBeGreaterThan(open[k]?.[1] as number)
  },
)
