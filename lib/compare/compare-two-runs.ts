import { seededRandom } from '../simulate/index.ts'
import type { LatencyComparison, LatencySide } from './comparison.ts'
import { judgeLatencies, type OpenRow } from './judge-latency.ts'
import { type LatencySample, percentileUs } from './latency-sample.ts'
import { measured } from './measured.ts'
import { countBeyond } from './quantile.ts'
import type { LatencyQuestion } from './question.ts'
import { blockSeconds, resampledPercentiles } from './resample.ts'

/** The same requests in both runs. */
export interface SamplePair {
  descriptor?: string
  base: LatencySample
  run: LatencySample
}

/** Each run is drawn again so many times. */
export const resamples = 2_000

/** With fewer values beyond it, a percentile is a matter of one or two requests. */
export const leastBeyond = 10

/** With fewer independent pieces, how much they differ is not known; nor with fewer seconds. */
export const leastBlocks = 6
export const leastSeconds = 30

/**
 * Compares the percentiles of two single runs: each is drawn again in blocks of its own seconds, and the
 * ratio is as uncertain as the drawn ratios are spread. This covers the noise within a run, and nothing
 * that differs between runs of one and the same system.
 */
export function compareTwoRuns(pairs: readonly SamplePair[], question: LatencyQuestion): LatencyComparison[] {
  const { percentiles, seed, marginRatio, alpha } = question
  const family = pairs.length * percentiles.length
  const rows = pairs.flatMap((pair, index) => {
    const sides = [pair.base, pair.run] as const
    const ruled = sides.map((side) => blockSeconds(side, percentiles))
    const blocks = sides.map(({ seconds }, at) => blockOf(ruled[at] as number, seconds.length))
    const pieces = sides.map((side, at) => side.seconds.length / (blocks[at] as number))
    const shortOf = tooShort(sides, ruled)
    const random = seededRandom(seed + index)
    const drawn = shortOf
      ? undefined
      : sides.map((side, at) =>
          resampledPercentiles(side, percentiles, blocks[at] as number, resamples, random),
        )
    return percentiles.map((percentile, at): OpenRow => {
      const [baseUs, runUs] = sides.map((side) => percentileUs(side, percentile)) as [number, number]
      const ratio = runUs / baseUs
      const base = sideOf(pair.base, percentile, baseUs)
      const run = sideOf(pair.run, percentile, runUs)
      const row = { descriptor: pair.descriptor, percentile, base, run, ratio: measured(ratio) }
      const why = shortOf ?? tooFewBeyond(percentile, base.beyond, run.beyond)
      if (why !== undefined || !drawn) return { ...row, why }
      const [ofBase, ofRun] = drawn.map((side) => side[at]) as [Float64Array, Float64Array]
      const logRatio = Math.log(ratio)
      const wider = widening(
        Math.min(...pieces),
        pieces.reduce((sum, count) => sum + count, 0),
      )
      const ratios = ofRun.map((log, k) => logRatio + wider * (log - (ofBase[k] as number) - logRatio)).sort()
      const margin = Math.log(marginRatio)
      const tail = Math.floor((alpha / 2 / family) * resamples)
      return {
        ...row,
        interval: [Math.exp(ratios[tail] as number), Math.exp(ratios[resamples - 1 - tail] as number)],
        confidence: 1 - alpha / family,
        pRegressed: (1 + ratios.filter((log) => log <= margin).length) / (resamples + 1),
        pNoWorse: (1 + ratios.filter((log) => log >= margin).length) / (resamples + 1),
      }
    })
  })
  return judgeLatencies(rows, marginRatio, alpha)
}

function sideOf({ count }: LatencySample, percentile: number, us: number): LatencySide {
  return { ms: measured(us / 1000), count, beyond: countBeyond(percentile, count) }
}

/**
 * How long a block is. Twice what the rule asks for, and never less than a run of that length should have:
 * tried on runs whose seconds hang together, the rule alone took chance for a change too often.
 */
function blockOf(ruled: number, seconds: number): number {
  const wanted = Math.max(2 * ruled, Math.ceil(1.5 * Math.cbrt(seconds)))
  return Math.max(1, Math.min(wanted, Math.floor(seconds / leastBlocks)))
}

/**
 * By what drawn deviations are too narrow where a run is only a few blocks long: their variance is that of
 * so few, and their tails are those of Student's distribution, here at 1 in 100 (G. W. Hill's expansion).
 */
function widening(fewest: number, together: number): number {
  const square = 2.326 ** 2
  const freedom = together - 2
  const tails = 1 + (square + 1) / (4 * freedom) + (5 * square ** 2 + 16 * square + 3) / (96 * freedom ** 2)
  return Math.sqrt(fewest / (fewest - 1)) * tails
}

function tooShort(sides: readonly LatencySample[], ruled: readonly number[]): string | undefined {
  const words = sides.flatMap(({ count, seconds }, at) => {
    const name = at === 0 ? 'the base' : 'the run'
    if (count === 0) return [`${name} accepted none of these requests`]
    const need = Math.max(leastSeconds, leastBlocks * (ruled[at] as number))
    if (seconds.length >= need) return []
    const hang = need > leastSeconds ? ', as much as they hang together' : ''
    return [
      `${name} accepted them in ${seconds.length === 1 ? '1 second' : `${seconds.length} different seconds`}, and it takes ${need}${hang}`,
    ]
  })
  return words.length === 0 ? undefined : words.join('; ')
}

function tooFewBeyond(percentile: number, ofBase: number, ofRun: number): string | undefined {
  const fewest = Math.min(ofBase, ofRun)
  if (fewest >= leastBeyond) return undefined
  const points = fewest === 1 ? '1 point lies' : `${fewest} points lie`
  return `only ${points} beyond p${percentile} in the ${ofBase <= ofRun ? 'base' : 'run'}, and it takes ${leastBeyond}`
}
