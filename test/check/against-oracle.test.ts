import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/case-file.ts'
import { examine } from '../../lib/check/explain.ts'
import { hypotheses } from '../../lib/check/hypothesis.ts'
import { judge } from '../../lib/check/index.ts'
import type { History } from '../../lib/history/index.ts'
import { algorithms, type Limit, specSchema } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { smallHistories } from './small-histories.ts'

/** Histories in all; ONSET_ORACLE_RUNS asks for more of them, ONSET_SEED for the same ones again. */
const runs = Number(process.env.ONSET_ORACLE_RUNS ?? 100_000)
const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000_000)
console.log(`against brute force: ${runs} histories, seed ${seed} (ONSET_SEED replays them)`)

/** One limiter: its share of the histories, and two or three in a hierarchy: theirs. */
const runsOfOne = Math.ceil((0.9 * runs) / algorithms.length)
const runsOfSeveral = Math.ceil((0.1 * runs) / algorithms.length)

function limitsOf(partial: Record<string, unknown>[], windowUs: number): Limit[] {
  const named = partial.map((limit, k) => ({ name: `limit ${k + 1}`, window: '1s', ...limit }))
  return specSchema.parse({ limits: named }).limits.map((limit) => ({ ...limit, window: windowUs / 1000 }))
}

const rule = fc.constantFrom('counted' as const, 'free' as const)
const timeout = 600_000

describe.each(algorithms)('one %s, against brute force on small histories', (algorithm) => {
  it('is explained where it can be, and refuted where it cannot', { timeout }, () => {
    const seen = { explained: 0, refuted: 0 }
    fc.assert(
      fc.property(
        smallHistories({
          requests: 6,
          spanUs: 14,
          longestUs: 4,
          descriptors: { A: { key: 'A' } },
          highestCost: 2,
        }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 3, max: 7 }),
        rule,
        (history, limit, windowUs, limitedRequests) => {
          const [spec] = limitsOf([{ scope: 'key', limit, algorithm, limitedRequests }], windowUs) as [Limit]
          const file = new CaseFile(history, [spec], 0)
          for (const h of hypotheses(spec, file.surroundings(0))) {
            const truth = consistent(history, [
              { ...h, scope: 'key', limitedRequests, chargedWhenRefused: 'free' },
            ])
            const proof = file.refuteLimit(0, h)
            const examined = examine(file, 0, () => []).find(({ hypothesis }) => hypothesis === h)
            expect(file.rejectedProofs).toEqual([])
            expect(proof === undefined).toBe(truth)
            seen[truth ? 'explained' : 'refuted']++
            if (examined) expect(examined.verdict).toBe(truth ? 'explained' : 'refuted')
          }
          for (const { verdict, hypothesis } of examine(file, 0, () => [])) {
            expect(verdict).toBe(file.refuteLimit(0, hypothesis) ? 'refuted' : 'explained')
          }
        },
      ),
      { numRuns: runsOfOne, seed },
    )
    expect(Math.min(seen.explained, seen.refuted)).toBeGreaterThan(runsOfOne / 20)
  })
})

/** Does brute force find a choice of hypotheses, one a limit, that explains the history? */
function consistentUnderSome(history: History, limits: readonly Limit[]): boolean {
  const file = new CaseFile(history, limits, 0)
  const choices = limits.map((limit, k) => hypotheses(limit, file.surroundings(k)))
  const all = choices.reduce<(typeof choices)[number][]>(
    (before, ofLimit) => before.flatMap((chosen) => ofLimit.map((h) => [...chosen, h])),
    [[]],
  )
  return all.some((chosen) =>
    consistent(
      history,
      chosen.map((h, k) => ({ ...h, scope: (limits[k] as Limit).scope })),
    ),
  )
}

describe.each(algorithms)('several limits enforced by a %s, against brute force', (algorithm) => {
  const descriptors = {
    A: { inner: 'A', outer: 'all', whole: 'x' },
    B: { inner: 'B', outer: 'all', whole: 'x' },
  }

  it('fail where no witness exists, and only there', { timeout }, () => {
    const seen = { consistent: 0, broken: 0, together: 0 }
    fc.assert(
      fc.property(
        smallHistories({ requests: 5, spanUs: 8, longestUs: 3, descriptors, named: true }),
        fc.constantFrom(2, 3),
        rule,
        fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const),
        (history, count, limitedRequests, chargedWhenRefused) => {
          const rules = { algorithm, limitedRequests, chargedWhenRefused }
          const all = [
            { scope: 'inner', limit: 1, ...rules },
            { scope: 'outer', limit: 2, ...rules },
            { scope: 'whole', limit: 2, ...rules },
          ]
          const limits = limitsOf(all.slice(0, count), 4)
          const truth = consistentUnderSome(history, limits)
          const judgement = judge(history, { limits, clockDriftPpm: 0 })
          expect(judgement.assumptions.filter(({ name }) => name.startsWith('every proof'))).toMatchObject([
            { held: true },
          ])
          expect(judgement.verdict === 'fail').toBe(!truth)
          seen[truth ? 'consistent' : 'broken']++
          if (judgement.certificates.length > 0) seen.together++
        },
      ),
      { numRuns: runsOfSeveral, seed },
    )
    expect(Math.min(seen.consistent, seen.broken, seen.together)).toBeGreaterThan(0)
  })
})
