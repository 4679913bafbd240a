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
const noisy = [accepted, accepted, limited, limited].map((outcome, k) => exchange(k + 2, outcome, 'A'))
const quiet = (...outcomes: Outcome[]) => outcomes.map((outcome, k) => exchange(k + 10, outcome, 'Q'))

describe('a quiet integration beside a noisy one', () => {
  test('is isolated where all of its alerts are let through', () => {
    expect(saidOfQuiet(quiet(accepted, accepted), noisy, false)).toMatchObject({
      says: 'isolated',
      weight: 'fine',
      lines: [10, 11],
    })
  })

  test('is starved where one is refused, unless others may have used up the limit', () => {
    const refused = quiet(accepted, limited)
    expect(saidOfQuiet(refused, noisy, false)).toMatchObject({ says: 'starved', weight: 'violation' })
    expect(saidOfQuiet(refused, noisy, true)).toMatchObject({ says: 'cannot-tell' })
  })

  test('is not judged where nothing refused the noisy one, or an answer does not say', () => {
    const below = noisy.slice(0, 2)
    expect(saidOfQuiet(quiet(accepted), below, false)).toMatchObject({ says: 'cannot-tell' })
    expect(saidOfQuiet(quiet(accepted, unknown), noisy, false)).toMatchObject({ says: 'cannot-tell' })
  })
})
