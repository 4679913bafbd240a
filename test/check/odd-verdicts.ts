import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { examine } from '../../lib/check/explain.ts'
import { type Judgement, judge } from '../../lib/check/index.ts'
import { asJudged } from '../../lib/check/judge.ts'
import { narrowed } from '../../lib/check/narrow.ts'
import type { History } from '../../lib/history/index.ts'
import type { Limit } from '../../lib/spec/index.ts'
import type { OddLimit } from './odd-limiters.ts'
import type { OddServer } from './odd-servers.ts'
import { playedOtherwise } from './played-otherwise.ts'

/** What a history was judged to be, and what is wrong with that, in words. */
export interface Checked {
  judged: Judgement
  wrong: string[]
}

/**
 * Judges a history of a server, and holds the verdict against what the server is: limits as the spec says, but
 * for one of them perhaps.
 * @param limits what the limits are; the server's own where it is correct.
 * @param index the limit that is another one.
 */
export function checked(
  { spec, limits: own }: OddServer,
  history: History,
  limits: readonly OddLimit[] = own,
  index?: number,
): Checked {
  const judged = judge(history, spec)
  const wrong: string[] = []
  if (judged.verdict === 'fail' && index === undefined)
    wrong.push(`a correct server fails: ${JSON.stringify([judged.certificates, judged.limits])}`)
  for (const { name, held, why } of judged.assumptions)
    if (name === 'every proof adds up when checked again' && !held) wrong.push(why ?? name)
  judged.limits.forEach(({ verdict }, k) => {
    if (verdict === 'pass' && k === index && passExcludes(spec.limits[k] as Limit, limits[k] as OddLimit))
      wrong.push(`limit ${k} passes, and is ${JSON.stringify(limits[k])}`)
  })
  wrong.push(...refutedTruth(history, spec, limits, index), ...unplayed(history, spec, judged))
  return { judged, wrong }
}

/**
 * Does a pass of a limit say that it is not this one? It says so of the limits one more and one less, and of
 * other windows, from a tenth to four times as long, by all algorithms and rules that the spec allows. Windows
 * that refused requests use up are left out of that where the spec does not say whether they do, but for the two
 * that differ by the tolerance.
 */
function passExcludes(said: Limit, is: OddLimit): boolean {
  if (!said.algorithm.includes(is.algorithm)) return false
  if (said.window === is.windowMs) return Math.abs(said.limit - is.limit) === 1
  if (said.limit !== is.limit) return false
  const share = Math.abs(is.windowMs / said.window - 1)
  if (Math.abs(share - said.tolerance) < 1e-9) return true
  const plain = is.limitedRequests === 'free' && is.chargedWhenRefused === 'free'
  const rulesAreSaid = said.limitedRequests !== 'either' && said.chargedWhenRefused !== 'either'
  return share > said.tolerance && (plain || rulesAreSaid)
}

/**
 * Limits that a proof was found against as what they are: all of a correct server's, and the one that is another,
 * where that is something that the spec allows with other numbers.
 */
function refutedTruth(
  history: History,
  { limits: said, clockDriftPpm }: OddServer['spec'],
  limits: readonly OddLimit[],
  index: number | undefined,
): string[] {
  // Where the clock was set, proofs count only after a second look.
  if (history.events.some(({ event }) => event === 'clock-step')) return []
  const file = new CaseFile(history, asJudged(history, said), clockDriftPpm)
  const files = index === undefined ? [file, narrowed(file)] : [file]
  const isAsked = (k: number) =>
    index === undefined || (index === k && isAllowed(said[k] as Limit, limits[k] as OddLimit))
  return limits.flatMap((limit, k) =>
    isAsked(k) && files.some((one) => one.refuteLimit(k, hypothesisOf(limit)))
      ? [`limit ${k} is refuted as what it is, ${JSON.stringify(limit)}`]
      : [],
  )
}

function isAllowed(said: Limit, { algorithm, limitedRequests }: OddLimit): boolean {
  return said.algorithm.includes(algorithm) && [limitedRequests, 'either'].includes(said.limitedRequests)
}

function hypothesisOf(limit: OddLimit): Hypothesis {
  const { algorithm, windowMs, refillEveryMs, limitedRequests, chargedWhenRefused, rounding } = limit
  return {
    algorithm,
    limit: limit.limit,
    windowUs: Math.round(windowMs * 1_000),
    limitedRequests,
    chargedWhenRefused,
    ...(algorithm === 'sliding-counter' && { rounding }),
    ...(refillEveryMs !== undefined && { refillTickUs: Math.round(refillEveryMs * 1_000) }),
  }
}

/** Limits that pass without a witness of the spec's numbers that gives every answer when it is played. */
function unplayed(
  history: History,
  { limits, clockDriftPpm }: OddServer['spec'],
  judged: Judgement,
): string[] {
  // Beside a broken limit, which may refuse whatever it likes, there is nothing to play.
  if (judged.verdict === 'fail') return []
  const said = asJudged(history, limits)
  return judged.limits.flatMap(({ verdict }, k) => {
    if (verdict !== 'pass') return []
    const file = narrowed(new CaseFile(history, said, clockDriftPpm))
    const witnesses = examine(file, k).flatMap(({ witness }) => witness ?? [])
    const together = file.components.filter((cells) => cells.some(({ limitIndex }) => limitIndex === k))
    const rows = [...new Set(together.flatMap((cells) => cells.flatMap((cell) => [...cell.rows])))]
    const plays = witnesses.map((witness) =>
      playedOtherwise(history, { limits: said, clockDriftPpm }, witness, rows),
    )
    const why = plays.find((otherwise) => otherwise !== undefined)
    if (plays.length > 0 && why === undefined) return []
    return [`limit ${k} passes without a witness: ${why ?? 'there is none'}`]
  })
}
