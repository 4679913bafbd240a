import type { LatencyComparison } from './comparison.ts'
import { judgeLatencies, type OpenRow } from './judge-latency.ts'
import { type LatencySample, percentileUs } from './latency-sample.ts'
import { chanceThatHigher, hodgesLehmann, leastChance, shiftInterval } from './mann-whitney.ts'
import { measured } from './measured.ts'
import { countBeyond, median } from './quantile.ts'
import type { LatencyQuestion } from './question.ts'

/** The same requests in all runs of both sides. */
export interface SampleGroups {
  descriptor?: string
  base: readonly LatencySample[]
  run: readonly LatencySample[]
}

/** With fewer runs a side, the order of their values proves nothing. */
export const leastRuns = 5

/**
 * Compares the percentiles of repeated runs: a run gives one value, and the values are held against each
 * other by their order alone (Mann and Whitney, exact), with the interval of Hodges and Lehmann. This
 * covers what differs between runs as well.
 */
export function compareGroups(
  groups: readonly SampleGroups[],
  { percentiles, marginRatio, alpha }: LatencyQuestion,
): LatencyComparison[] {
  const margin = Math.log(marginRatio)
  const rows = groups.flatMap(({ descriptor, base, run }) =>
    percentiles.map((percentile): OpenRow => {
      const [ofBase, ofRun] = [base, run].map((side) => side.map((each) => percentileUs(each, percentile)))
      const logs = [ofBase ?? [], ofRun ?? []].map((side) => side.map(Math.log)) as [number[], number[]]
      const side = (samples: readonly LatencySample[], us: readonly number[] = []) => ({
        ms: measured(median(us) / 1000),
        count: samples.length,
        beyond: Math.min(...samples.map(({ count }) => countBeyond(percentile, count))),
      })
      const row = {
        descriptor,
        percentile,
        base: side(base, ofBase),
        run: side(run, ofRun),
        ratio: measured(Math.exp(hodgesLehmann(...logs))),
      }
      if ([...base, ...run].some(({ count }) => count === 0)) {
        return { ...row, why: 'a run accepted none of these requests' }
      }
      if (Math.min(base.length, run.length) < leastRuns)
        return { ...row, why: tooFew(base.length, run.length) }
      const { from, to, confidence } = shiftInterval(...logs, 1 - alpha)
      const lowered = logs[1].map((log) => log - margin)
      return {
        ...row,
        interval: [Math.exp(from), Math.exp(to)],
        confidence,
        pRegressed: chanceThatHigher(logs[0], lowered),
        pNoWorse: chanceThatHigher(lowered, logs[0]),
      }
    }),
  )
  return judgeLatencies(rows, marginRatio, alpha)
}

function tooFew(ofBase: number, ofRun: number): string {
  const p = leastChance(ofBase, ofRun)
  return `${ofBase} and ${ofRun} runs can give no chance below ${p.toPrecision(2)}; it takes ${leastRuns} a side`
}
