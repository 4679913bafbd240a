import type { Compared, Measured } from './measure.ts'

/** What is aimed at, on a machine of two cores. */
export const aims = {
  /** Reading and judging together, in milliseconds, by the number of records. */
  wholeMs: new Map([
    [1_000_000, 1_000],
    [10_000_000, 10_000],
  ]),
  peakBytes: 1e9,
  /** How often Onset's time goes into porcupine's, with so many in flight. */
  ahead: { inFlight: 50, times: 100 },
}

/** One aim, and what became of it. */
export interface Reached {
  aim: string
  measured: string
  reached: 'yes' | 'no' | 'not measured'
}

/**
 * How much more time each record took than in the next smaller history of the same kind: 1 where time
 * grows as the number of records does. `undefined` for the smallest.
 */
export function growth(
  one: Measured,
  all: readonly Measured[],
  msOf: (measured: Measured) => number | undefined,
): number | undefined {
  const kindOf = ({ records: _, ...kind }: Measured['traffic']) => JSON.stringify(kind)
  const smaller = all
    .filter((other) => kindOf(other.traffic) === kindOf(one.traffic))
    .filter((other) => other.traffic.records < one.traffic.records)
    .sort((a, b) => b.traffic.records - a.traffic.records)[0]
  const [ms, msBefore] = [msOf(one), smaller && msOf(smaller)]
  if (!smaller || ms === undefined || msBefore === undefined) return undefined
  return ms / one.traffic.records / (msBefore / smaller.traffic.records)
}

/** The rows of a table of what reading and judging took. */
export function measuredRows(all: readonly Measured[]): Record<string, string | number>[] {
  return all.map((one) => {
    const { records, inFlight, limiter, scopes } = one.traffic
    return {
      records,
      'in flight': inFlight,
      limiter,
      limits: scopes,
      'read /s': perSecond(records, one.readMs),
      'read growth': times(growth(one, all, ({ readMs }) => readMs)),
      'judged /s': one.judgeMs === undefined ? (one.unjudged ?? '') : perSecond(records, one.judgeMs),
      'judging growth': times(growth(one, all, ({ judgeMs }) => judgeMs)),
      'whole s': one.judgeMs === undefined ? '' : ((one.readMs + one.judgeMs) / 1000).toFixed(2),
      verdict: one.verdict ?? '',
      'peak MB, read': megabytes(one.readPeakBytes),
      'peak MB': one.peakBytes === undefined ? '' : megabytes(one.peakBytes),
    }
  })
}

/** The rows of a table of Onset beside porcupine. */
export function comparedRows(all: readonly Compared[]): Record<string, string | number>[] {
  return all.map(({ traffic, judgeMs, verdict, unjudged, porcupine, ahead }) => {
    const done = porcupine.result === 'Ok'
    return {
      records: traffic.records,
      'in flight': traffic.inFlight,
      'onset s': judgeMs === undefined ? (unjudged ?? '') : (judgeMs / 1000).toFixed(3),
      verdict: verdict ?? '',
      'porcupine s': `${done ? '' : 'more than '}${porcupine.seconds.toFixed(3)}`,
      result: porcupine.result,
      'onset ahead': ahead === undefined ? '' : `${done ? '' : 'more than '}${times(ahead)}`,
    }
  })
}

/** Each aim with what was measured: the worst of all cases of that size, and never a guess. */
export function reachedAims(measured: readonly Measured[], compared: readonly Compared[]): Reached[] {
  const found: Reached[] = []
  for (const [records, mostMs] of aims.wholeMs) {
    const cases = measured.filter(({ traffic }) => traffic.records === records)
    const wholes = cases.flatMap(({ readMs, judgeMs }) => (judgeMs === undefined ? [] : readMs + judgeMs))
    const worstMs = Math.max(...wholes)
    const worst = cases.find(({ readMs, judgeMs }) => readMs + (judgeMs ?? 0) === worstMs)
    const took = worst ? `${(worstMs / 1000).toFixed(2)} s (${worst.traffic.limiter})` : ''
    const tooSlow = cases.some(({ unjudged }) => unjudged === 'too slow')
    found.push({
      aim: `${records.toLocaleString('en')} records read and judged in ${mostMs / 1000} s`,
      measured: tooSlow ? 'not done in time' : took,
      reached: answer(cases.length > 0 && wholes.length === cases.length, worstMs <= mostMs, tooSlow),
    })
  }
  const peaks = measured.flatMap(({ peakBytes }) => peakBytes ?? [])
  const worstPeak = Math.max(...peaks)
  found.push({
    aim: `a peak of less than ${megabytes(aims.peakBytes)} MB, whatever was measured`,
    measured: peaks.length > 0 ? `${megabytes(worstPeak)} MB` : '',
    reached: answer(
      peaks.length === measured.length,
      worstPeak < aims.peakBytes,
      worstPeak >= aims.peakBytes,
    ),
  })
  const { inFlight, times: aimed } = aims.ahead
  const largest = compared.filter(({ traffic }) => traffic.inFlight === inFlight).at(-1)
  const ahead = largest?.ahead
  const bound = largest?.porcupine.result === 'Ok' ? '' : 'more than '
  found.push({
    aim: `${aimed} times as fast as porcupine with ${inFlight} in flight`,
    measured: ahead === undefined ? '' : `${bound}${times(ahead)} at ${largest?.traffic.records} records`,
    reached: answer(ahead !== undefined && (ahead >= aimed || bound === ''), (ahead ?? 0) >= aimed, false),
  })
  return found
}

function answer(known: boolean, reached: boolean, missed: boolean): Reached['reached'] {
  if (missed) return 'no'
  return known ? (reached ? 'yes' : 'no') : 'not measured'
}

function perSecond(records: number, ms: number): string {
  return Math.round((records / ms) * 1000).toLocaleString('en')
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}

function times(ratio: number | undefined): string {
  return ratio === undefined ? '' : `${ratio < 10 ? ratio.toFixed(2) : Math.round(ratio)}×`
}
