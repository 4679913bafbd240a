import { describe, expect, it } from 'vitest'
import { decisionBounds } from '../../lib/check/evidence/bounds.ts'
import { replay, type Witness } from '../../lib/check/replay/replay.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { limiter } from './evidence-of.ts'
import { shortWindows } from './oracle-runs.ts'

const { accepted, limited, unknown } = Outcome
const limits = shortWindows(
  [
    { scope: 'key', limit: 2 },
    { scope: 'all', limit: 3 },
  ],
  10,
)

/** Requests at 0, 1, 2, … that may take until 5 µs later. */
function played(
  outcomes: readonly (Outcome | [Outcome, Partial<RecordInput>])[],
  atUs: number[],
  rest: Partial<Witness> & { rows?: number[] } = {},
): number | undefined {
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A', all: 'x' }, B: { key: 'B', all: 'x' }, C: { all: 'x' } } },
    outcomes.map((given, k) => {
      const [outcome, more] = Array.isArray(given) ? given : [given, {}]
      return { descriptor: 'A', sentUs: k, receivedUs: k + 5, outcome, ...more }
    }),
  )
  const { rows = outcomes.map((_, row) => row), ...witness } = rest
  return replay(history, limits, decisionBounds(history, 0), rows, {
    atUs: Float64Array.from(atUs),
    hypotheses: new Map([
      [0, limiter('sliding-log', 2)],
      [1, limiter('sliding-log', 3)],
    ]),
    startUs: () => undefined,
    ...witness,
  })
}

describe('replaying a witness', () => {
  it('reproduces every outcome', () => {
    expect(played([accepted, accepted, limited], [0, 1, 2])).toBeUndefined()
    expect(played([accepted, limited, accepted], [0, 6, 3])).toBeUndefined()
  })

  it('names the row whose outcome would have been another', () => {
    expect(played([accepted, accepted, accepted], [0, 1, 2])).toBe(2)
    expect(played([accepted, limited, accepted], [0, 1, 2])).toBe(1)
  })

  it('names a row whose instant is out of its bounds', () => {
    expect(played([accepted, accepted], [5, 6])).toBeUndefined()
    expect(played([accepted, accepted], [0, 0])).toBe(1)
    expect(played([accepted, accepted], [6, 6])).toBe(0)
  })

  it('names a row with a known outcome that is left out', () => {
    expect(played([accepted, accepted], [0, Number.NaN])).toBe(1)
    expect(played([accepted, limited], [0, Number.NaN])).toBe(1)
    expect(played([accepted, unknown], [0, Number.NaN])).toBeUndefined()
  })

  it('counts a request of unknown outcome where the witness says that it was decided', () => {
    expect(played([accepted, unknown, limited], [0, 1, 2])).toBeUndefined()
    expect(played([accepted, unknown, limited], [0, Number.NaN, 2])).toBe(2)
    expect(played([accepted, unknown, accepted], [0, 1, 2])).toBe(2)
  })

  it('takes what was let through before what was refused at the same instant, or the order that is given', () => {
    expect(played([limited, accepted, accepted], [2, 2, 2])).toBeUndefined()
    expect(played([limited, accepted, accepted], [2, 2, 2], { order: [0, 1, 2] })).toBe(0)
    expect(played([limited, accepted, accepted], [2, 2, 2], { order: [2, 1, 0] })).toBeUndefined()
  })

  it('names the row at which an order goes back in time', () => {
    expect(played([accepted, accepted], [2, 1], { order: [0, 1] })).toBe(1)
    expect(played([accepted, accepted], [2, 1], { order: [1, 0] })).toBeUndefined()
  })

  it('refuses an order of more or fewer rows than were decided', () => {
    expect(played([accepted, accepted], [0, 1], { order: [0] })).toBe(0)
    expect(played([accepted, unknown], [0, Number.NaN], { order: [0, 1] })).toBe(0)
  })

  it('holds a refusal to the limit that it blames, where that limit applies', () => {
    const refusedBy = (limitedBy: string): [Outcome, Partial<RecordInput>] => [limited, { limitedBy }]
    expect(played([accepted, accepted, refusedBy('key')], [0, 1, 2])).toBeUndefined()
    expect(played([accepted, accepted, refusedBy('all')], [0, 1, 2])).toBe(2)
    expect(played([accepted, accepted, refusedBy('elsewhere')], [0, 1, 2])).toBeUndefined()
    const elsewhere: [Outcome, Partial<RecordInput>] = [accepted, { descriptor: 'B' }]
    const four = [accepted, elsewhere, elsewhere]
    expect(played([...four, refusedBy('all')], [0, 1, 2, 3])).toBeUndefined()
    expect(played([...four, refusedBy('key')], [0, 1, 2, 3])).toBe(3)
    const without: [Outcome, Partial<RecordInput>] = [limited, { descriptor: 'C', limitedBy: 'key' }]
    expect(played([...four, without], [0, 1, 2, 3])).toBeUndefined()
  })

  it('starts windows where the witness says, for the value that it says it of', () => {
    const fixed = new Map([[0, limiter('fixed-window', 1)]])
    const starting = (startUs: number) => ({
      hypotheses: fixed,
      startUs: (limit: number, value: string) => (limit === 0 && value === 'A' ? startUs : undefined),
    })
    expect(played([accepted, accepted], [2, 3], starting(3))).toBeUndefined()
    expect(played([accepted, accepted], [2, 3], starting(4))).toBe(1)
    expect(played([accepted, accepted], [2, 3], { hypotheses: fixed })).toBe(1)
  })

  it('rounds as the hypothesis says, counts costs, and counts refusals where they are', () => {
    const dear: [Outcome, Partial<RecordInput>] = [accepted, { cost: 2 }]
    expect(played([dear, limited], [0, 1])).toBeUndefined()
    expect(played([dear, accepted], [0, 1])).toBe(1)
    const late: [Outcome, Partial<RecordInput>] = [limited, { sentUs: 11, receivedUs: 11 }]
    const counted = { ...limiter('sliding-log', 2), limitedRequests: 'counted' as const }
    const twoOf = [accepted, accepted, limited, [limited, { sentUs: 3, receivedUs: 3 }], late] as const
    expect(played(twoOf as never, [0, 1, 2, 3, 11], { hypotheses: new Map([[0, counted]]) })).toBeUndefined()
    expect(played(twoOf as never, [0, 1, 2, 3, 11])).toBe(4)
    const rounded = (rounding: 'floor' | 'ceil') => ({
      hypotheses: new Map([[0, { ...limiter('sliding-counter', 1), rounding }]]),
    })
    const next: [Outcome, Partial<RecordInput>] = [accepted, { sentUs: 11, receivedUs: 11 }]
    expect(played([accepted, next], [0, 11], rounded('floor'))).toBeUndefined()
    expect(played([accepted, next], [0, 11], rounded('ceil'))).toBe(1)
  })
})
