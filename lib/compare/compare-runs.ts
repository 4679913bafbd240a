import { overallVerdict, type Verdict } from '../result/index.ts'
import { compareGroups } from './compare-groups.ts'
import { compareLimits } from './compare-limits.ts'
import { compareTwoRuns, resamples } from './compare-two-runs.ts'
import type { Comparison, Difference, LatencyComparison, LimitComparison } from './comparison.ts'
import { differencesOf } from './differences.ts'
import { latencySample } from './latency-sample.ts'
import { leastChance } from './mann-whitney.ts'
import { measured } from './measured.ts'
import { median } from './quantile.ts'
import type { LatencyQuestion } from './question.ts'
import { requestGroups } from './request-groups.ts'
import type { ReadRun } from './run.ts'
import { answersPerSecond } from './throughput.ts'

/**
 * What moved from a base to a run, or from repeated bases to repeated runs. Single runs are held against
 * each other by the noise within them, repeated ones by what differs between them. Pure: the same runs
 * and the same seed give the same comparison.
 * @param base at least one run; so for `run`.
 */
export function compareRuns(
  base: readonly ReadRun[],
  run: readonly ReadRun[],
  question: LatencyQuestion,
): Comparison {
  const [firstBase, firstRun] = [base[0], run[0]] as [ReadRun, ReadRun]
  const single = base.length === 1 && run.length === 1
  const differences = distinct([...base.slice(1), ...run].flatMap((each) => differencesOf(firstBase, each)))
  const limits = mergedLimits(
    run.flatMap((after) => base.map((before) => compareLimits(before.result, after.result))),
  )
  const groups = requestGroups([firstBase, firstRun], question.by)
    .map(({ descriptor, isOfGroup }) => ({
      descriptor,
      base: base.map(({ history }) => latencySample(history, isOfGroup)),
      run: run.map(({ history }) => latencySample(history, isOfGroup)),
    }))
    // Nobody accepted any, in no run: there is nothing to ask.
    .filter((group) => [...group.base, ...group.run].some(({ count }) => count > 0))
  const compared = single
    ? compareTwoRuns(
        groups.map((group) => ({
          ...group,
          base: group.base[0] as (typeof group.base)[number],
          run: group.run[0] as (typeof group.run)[number],
        })),
        question,
      )
    : compareGroups(groups, question)
  const latency = withoutThoseOf(differences, compared)
  return {
    format: 'onset-comparison',
    version: 1,
    kind: 'two-sides',
    verdict: overallVerdict([...limits.map(({ verdict }) => verdict), ...latency.map(latencyVerdict)]),
    base: base.map(({ name }) => name),
    run: run.map(({ name }) => name),
    differences,
    limits,
    latency,
    throughput: {
      base: measured(median(base.map(({ history }) => answersPerSecond(history)))),
      run: measured(median(run.map(({ history }) => answersPerSecond(history)))),
    },
    method: {
      name: single ? 'moving-block-bootstrap' : 'mann-whitney',
      marginRatio: question.marginRatio,
      alpha: question.alpha,
      ...(single ? { seed: question.seed, resamples } : { leastP: leastChance(base.length, run.length) }),
    },
  }
}

const verdicts = { regressed: 'fail', 'no-worse': 'pass', 'cannot-tell': 'inconclusive' } as const

/** What a latency's word means for the whole. */
export function latencyVerdict({ verdict }: LatencyComparison): Verdict {
  return verdicts[verdict]
}

/** What differs takes the word away, and leaves the figures. */
function withoutThoseOf(
  differences: readonly Difference[],
  rows: readonly LatencyComparison[],
): LatencyComparison[] {
  const reasons = differences.filter(({ removesLatency }) => removesLatency).map(({ words }) => words)
  if (reasons.length === 0) return [...rows]
  return rows.map(({ pRegressed: _, pNoWorse: __, ...row }) => ({
    ...row,
    verdict: 'cannot-tell',
    why: reasons.join(' '),
  }))
}

function distinct(differences: readonly Difference[]): Difference[] {
  return [...new Map(differences.map((difference) => [difference.words, difference])).values()]
}

/** Of several comparisons of a limit the one with the worst verdict stands for all. */
function mergedLimits(comparisons: readonly LimitComparison[][]): LimitComparison[] {
  const byName = Map.groupBy(comparisons.flat(), ({ name }) => name)
  return [...byName.values()].map((all) => {
    const worst = overallVerdict(all.map(({ verdict }) => verdict))
    return all.find(({ verdict }) => verdict === worst) as LimitComparison
  })
}
