import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../lib/conform/exchange.ts'
import { saidOfQuiet } from '../../lib/conform/isolation.ts'
import { Outcome } from '../../lib/history/index.ts'

const exchange = (line: number, outcome: Outcome, descriptor: string): Exchange => ({
  line,
  descriptor,
  kind: 'alert',
  sentMs: line,
  receivedMs: line + 1,
  status: outcome === Outcome.limited ? 429 : 200,
  outcome,
  headers: [],
  body: '',
})
const { accepted, limited, unknown } = Outcome
const ofNoisy = (...outcomes: Outcome[]) => outcomes.map((outcome, k) => exchange(k + 2, outcome, 'A'))
const filled = ofNoisy(accepted, accepted, limited, limited)
const after = [exchange(20, limited, 'A')]
const quiet = (...outcomes: Outcome[]) => outcomes.map((outcome, k) => exchange(k + 10, outcome, 'Q'))

describe('a quiet integration beside a noisy one', () => {
  test('is isolated where all of its alerts are let through', () => {
    expect(saidOfQuiet({ filled, quiet: quiet(accepted, accepted), after }, false)).toMatchObject({
      says: 'isolated',
      weight: 'fine',
      lines: [10, 11],
    })
  })

  test('is starved where one is refused, unless others may have used up the limit', () => {
    const refused = quiet(accepted, limited)
    expect(saidOfQuiet({ filled, quiet: refused, after }, false)).toMatchObject({
      says: 'starved',
      weight: 'violation',
    })
    expect(saidOfQuiet({ filled, quiet: refused, after }, true)).toMatchObject({ says: 'cannot-tell' })
  })

  test('is not judged where the noisy one is let through again right after', () => {
    const again = [exchange(20, accepted, 'A')]
    const seen = { filled, quiet: quiet(accepted, accepted), after: again }
    expect(saidOfQuiet(seen, false)).toMatchObject({ says: 'cannot-tell' })
  })

  test('is not judged where nothing refused the noisy one, or an answer does not say', () => {
    const below = filled.slice(0, 2)
    expect(saidOfQuiet({ filled: below, quiet: quiet(accepted), after }, false)).toMatchObject({
      says: 'cannot-tell',
    })
    expect(saidOfQuiet({ filled, quiet: quiet(accepted, unknown), after }, false)).toMatchObject({
      says: 'cannot-tell',
    })
  })
})
