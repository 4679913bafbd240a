import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { whatWasSeen } from '../../lib/check/seen/what-was-seen.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import {
  type Algorithm,
  algorithms,
  type Limit,
  limitSchema,
  windowedAlgorithms,
} from '../../lib/spec/index.ts'
import { answersOf, windowUs } from './bursts.ts'

/** What the spec says: 4 in a second. */
const spec = (algorithm: Algorithm): Limit =>
  limitSchema.parse({
    name: 'the limit',
    scope: 'key',
    limit: 4,
    window: '1s',
    algorithm,
    limitedRequests: 'free',
    chargedWhenRefused: 'free',
  })

/** Windows are told apart to so much. */
const stepUs = windowUs / 2000
const limits = [3, 6]
const windows = [0.7, 1.3].map((share) => share * windowUs)
/** Where windows end all at once, their length shows; of the others it is not always found. */
const atOnce = ['fixed-window', 'first-hit-window', 'sliding-counter'] as const

function seenOf(algorithm: Algorithm, truth: { limit: number; windowUs: number }) {
  const limit = spec(algorithm)
  const file = new CaseFile(answersOf(algorithm, truth, 7), [limit], 0)
  const fits = (most: number, us: number) =>
    hypotheses(limit, file.surroundings(0), most, us).some((h) => !file.isExcluded(0, h))
  return { seen: whatWasSeen(file, 0), fits }
}

/** That a range of windows holds the true one, and is as wide as it can be: to within one step. */
function expectEdges(
  ranges: readonly [number, number | null][] | undefined,
  trueUs: number,
  holds: (us: number) => boolean,
) {
  const range = ranges?.find(([from, to]) => from * 1e6 <= trueUs && trueUs <= (to ?? 0) * 1e6)
  expect(range).toBeDefined()
  const [from, to] = (range as [number, number]).map((seconds) => Math.round(seconds * 1e6)) as [
    number,
    number,
  ]
  expect([from - stepUs, from, to, to + stepUs].map(holds)).toEqual([false, true, true, false])
}

describe.each(algorithms)('seen instead of a %s of 4', (algorithm) => {
  it.each(limits)('is the one of %i that answered', (limit) => {
    const { seen, fits } = seenOf(algorithm, { limit, windowUs })
    expect(seen).toEqual({
      words: `consistent with ${limit} in 1 s, not with 4 in 1 s`,
      limits: [[limit, limit]],
      algorithms: [algorithm],
      byAlgorithm: [{ algorithm, limits: [[limit, limit]] }],
    })
    expect([limit - 1, limit, limit + 1].map((most) => fits(most, windowUs))).toEqual([false, true, false])
  })
})

describe.each(atOnce)('seen instead of a %s of 1 s', (algorithm) => {
  it.each(windows)('is the window of %i us that answered, up to its edges and not beyond', (us) => {
    const { seen, fits } = seenOf(algorithm, { limit: 4, windowUs: us })
    expectEdges(seen?.windowsSeconds, us, (window) => fits(4, window))
    expect(seen?.words).toMatch(/consistent with 4 in .* m?s to .* m?s, not with 4 in 1 s$/)
  })

  it('is a limit together with a window where both are others', () => {
    const { seen, fits } = seenOf(algorithm, { limit: 7, windowUs: 1.4 * windowUs })
    const pair = seen?.byAlgorithm?.[0]?.pair
    expect(pair?.limits).toEqual([[7, 7]])
    expectEdges(pair?.windowsSeconds, 1.4 * windowUs, (window) => fits(7, window))
    expect(seen?.words).toMatch(/^consistent with 7 in .* m?s to .* m?s, not with 4 in 1 s$/)
    expect([seen?.limits, seen?.windowsSeconds]).toEqual([undefined, undefined])
  })
})

it('is nothing where no limit and no window explain the answers', () => {
  const records = [0, 1, 2, 3, 4].map((k): RecordInput => {
    return { descriptor: 'A', sentUs: k * 1000, receivedUs: k * 1000 + 1, outcome: Outcome.accepted }
  })
  const refused = { descriptor: 'A', sentUs: 9_000_000, receivedUs: 9_000_001, outcome: Outcome.limited }
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [...records, refused])
  expect(whatWasSeen(new CaseFile(history, [spec('fixed-window')], 0), 0)).toBe(undefined)
})

it('is any limit from what was let through on, where nothing was refused', () => {
  const records = Array.from({ length: 40 }, (_, k): RecordInput => {
    return { descriptor: 'A', sentUs: k * 1000, receivedUs: k * 1000 + 1, outcome: Outcome.accepted }
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  const seen = whatWasSeen(new CaseFile(history, [spec('sliding-log')], 0), 0)
  expect(seen?.limits).toEqual([[40, null]])
  expect(seen?.words).toMatch(/^consistent with 40 or more in 1 s/)
})

it('is never what the spec says, though bounds may not exclude it', () => {
  const history = answersOf('fixed-window', { limit: 4, windowUs }, 7)
  const seen = whatWasSeen(new CaseFile(history, [spec('fixed-window')], 0), 0)
  expect(seen?.limits ?? []).not.toContainEqual([4, 4])
})

it('leaves a sliding counter, which blurs, out of account where something sharper fits', () => {
  const both: Limit = { ...spec('fixed-window'), algorithm: ['sliding-log', 'sliding-counter'] }
  const seenWhere = (truth: { limit: number; windowUs: number }, algorithm: Algorithm) =>
    whatWasSeen(new CaseFile(answersOf(algorithm, truth, 7), [both], 0), 0)
  const sharp = seenWhere({ limit: 4, windowUs: 1.3 * windowUs }, 'sliding-log')
  expect(sharp?.algorithms).toEqual(['sliding-log'])
  expect(sharp?.windowsSeconds).toEqual(sharp?.byAlgorithm?.[0]?.windowsSeconds)
  const blurred = seenWhere({ limit: 6, windowUs }, 'sliding-counter')
  expect(blurred?.algorithms).toEqual(['sliding-counter'])
  // Where nothing was refused both fit, and the counter is no more than listed.
  const records = Array.from({ length: 40 }, (_, k): RecordInput => {
    return { descriptor: 'A', sentUs: k * 50_000, receivedUs: k * 50_000 + 1, outcome: Outcome.accepted }
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  const either = whatWasSeen(new CaseFile(history, [both], 0), 0)
  const [log, counter] = either?.byAlgorithm ?? []
  expect([log?.algorithm, counter?.algorithm]).toEqual(['sliding-log', 'sliding-counter'])
  expect([either?.algorithms, either?.limits]).toEqual([['sliding-log'], log?.limits])
  expect(counter?.limits).not.toEqual(log?.limits)
})

it('is for all algorithms together what it is for any of them', () => {
  const any: Limit = {
    ...spec('fixed-window'),
    algorithm: ['fixed-window', 'first-hit-window', 'sliding-log'],
  }
  for (const us of [0.7, 1.3].map((share) => share * windowUs)) {
    const history = answersOf('first-hit-window', { limit: 4, windowUs: us }, 7)
    const seen = whatWasSeen(new CaseFile(history, [any], 0), 0)
    const each = seen?.byAlgorithm?.flatMap(({ windowsSeconds = [] }) => windowsSeconds) ?? []
    const together = seen?.windowsSeconds ?? []
    expect(each.length).toBeGreaterThan(together.length)
    for (const [from, to] of each) {
      expect(together.some(([low, high]) => low <= from && (to as number) <= (high as number))).toBe(true)
    }
    for (const [from, to] of together) {
      expect(each.some(([low]) => low === from) && each.some(([, high]) => high === to)).toBe(true)
    }
    for (const [k, [from]] of together.slice(1).entries()) {
      expect(from).toBeGreaterThan(together[k]?.[1] as number)
    }
  }
})

describe('where the spec leaves the algorithm out that answered', () => {
  const windowed: Limit = { ...spec('fixed-window'), algorithm: [...windowedAlgorithms] }

  it('is the limit of the spec as that algorithm, if it is that', () => {
    const seen = whatWasSeen(
      new CaseFile(answersOf('token-bucket', { limit: 4, windowUs }, 7), [windowed], 0),
      0,
    )
    expect(seen?.words).toMatch(
      /^consistent with 4 in 1 s as a token bucket or GCRA, which the spec does not allow/,
    )
    expect(seen?.byAlgorithm).toContainEqual({ algorithm: 'token-bucket', limits: [[4, 4]] })
  })

  it('is another limit as that algorithm where no limit of the spec fits', () => {
    const answers = answersOf('token-bucket', { limit: 6, windowUs }, 7)
    const seen = whatWasSeen(new CaseFile(answers, [spec('sliding-log')], 0), 0)
    expect(seen?.words).toBe(
      'consistent with 6 in 1 s as a token bucket or GCRA, which the spec does not allow, not with 4 in 1 s',
    )
  })

  it('is never said of what the spec allows', () => {
    const answers = answersOf('sliding-log', { limit: 6, windowUs }, 7)
    const seen = whatWasSeen(new CaseFile(answers, [windowed], 0), 0)
    expect(seen?.words).not.toContain('does not allow')
  })
})
