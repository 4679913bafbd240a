import { seededRandom } from '../simulate/index.ts'
import { changePoints, leastPart } from './change-points.ts'
import { latencySample, percentileUs } from './latency-sample.ts'
import { median } from './quantile.ts'
import type { LatencyQuestion } from './question.ts'
import { requestGroups } from './request-groups.ts'
import type { ReadRun } from './run.ts'
import type { LevelChange, SeriesComparison } from './series.ts'

/** In fewer runs no change of `leastPart` runs can be told from chance, over all percentiles. */
export const leastSeries = 12

/** Permutations of the runs: enough to tell 1 in 100 from 1 in 50. */
const permutations = 1_999

/**
 * The change points of each percentile over a row of runs, in the order given. A level that is slower by
 * more than the margin and still stands at the end is a regression. Whether runs are comparable is for
 * whoever lines them up.
 */
export function compareSeries(runs: readonly ReadRun[], question: LatencyQuestion): SeriesComparison {
  const { percentiles, marginRatio, alpha, seed, by } = question
  const series = requestGroups(runs, by)
    .map(({ descriptor, isOfGroup }) => ({
      descriptor,
      samples: runs.map(({ history }) => latencySample(history, isOfGroup)),
    }))
    .filter(({ samples }) => samples.every(({ count }) => count > 0))
  const random = seededRandom(seed)
  const family = series.length * percentiles.length
  const enough = runs.length >= leastSeries && family > 0
  const changes = !enough
    ? []
    : series.flatMap(({ descriptor, samples }) =>
        percentiles.flatMap((percentile) => {
          const logs = samples.map((sample) => Math.log(percentileUs(sample, percentile)))
          const points = changePoints(logs, { alpha: alpha / family, permutations, random })
          return levels(logs, points, marginRatio).map((change) => ({
            ...change,
            descriptor,
            percentile,
            run: (runs[change.at] as ReadRun).name,
          }))
        }),
      )
  const found = changes.map(({ at: _, ...change }): LevelChange => change)
  const regressed = found.some((change) => change.regressed)
  return {
    format: 'onset-comparison',
    version: 1,
    kind: 'series',
    verdict: regressed ? 'fail' : enough ? 'pass' : 'inconclusive',
    runs: runs.map(({ name }) => name),
    changes: found,
    method: { name: 'e-divisive', marginRatio, alpha, seed, permutations },
    ...(!enough && { why: whyNot(runs.length) }),
  }
}

function whyNot(count: number): string {
  if (count >= leastSeries) return 'No descriptor has accepted requests in every run.'
  return `${count} runs are too few: it takes ${leastSeries}, so that a change over ${leastPart} of them can be told from chance.`
}

function levels(logs: readonly number[], points: readonly { at: number; p: number }[], marginRatio: number) {
  const ends = [0, ...points.map(({ at }) => at), logs.length]
  const medians = ends.slice(1).map((end, index) => median(logs.slice(ends[index], end)))
  const last = medians.at(-1) as number
  return points.map(({ at, p }, index) => {
    const [from, to] = [medians[index], medians[index + 1]] as [number, number]
    return {
      at,
      p,
      fromMs: Math.exp(from) / 1000,
      toMs: Math.exp(to) / 1000,
      regressed: Math.min(to, last) - from > Math.log(marginRatio),
    }
  })
}
