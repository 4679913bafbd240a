import type { Answer } from '../answer.ts'
import { readsAsEpoch } from '../quota.ts'
import { counted } from '../rule.ts'
import { longestStatedMs } from '../rules/longest-window.ts'
import { cannotTell, type Judgement } from './claim.ts'
import type { Measured } from './measured.ts'

interface Delay {
  line: number
  field: string
  seconds: number
}

/**
 * A limiter that counts what it refuses may rightly ask for more than a window. Where others may use it,
 * they would have to be refused so many times as often as our requests to explain a delay.
 */
const othersFactor = 100

/**
 * Are `Retry-After` and the time to the reset seconds from now? Not where they read as an instant, or are
 * longer than all requests explain, but within the window as milliseconds. Of a vendor's `X-RateLimit-Reset` no document says
 * that it is a delay, so an instant there is no untruth.
 */
export function inSeconds(answers: readonly Answer[], measured: Measured): Judgement {
  const delays = answers.flatMap(delaysOf)
  if (delays.length === 0) {
    const isInstant = answers.some(({ quotas }) => quotas.some((quota) => quota.resetAtSeconds !== undefined))
    const why = isInstant
      ? 'X-RateLimit-Reset reads as an instant, and no document says whether it is to be one'
      : 'no answer has a delay'
    return cannotTell(why, 'answers with Retry-After, or with RateLimit fields of a draft')
  }
  const instant = delays.find(({ seconds }) => readsAsEpoch(seconds))
  if (instant) return untrue(delays, instant, 'reads as an instant', ({ seconds }) => readsAsEpoch(seconds))
  const longestMs = measured.windowMs?.[1] ?? longestStatedMs(answers)
  if (longestMs === undefined) {
    return cannotTell('the window is neither measured nor stated', 'a window to hold the delays against')
  }
  const limits = answers.flatMap(({ quotas }) => quotas.flatMap(({ limit }) => limit ?? []))
  const lowest = Math.max(
    1,
    limits.reduce((least, each) => Math.min(least, each), measured.limit ?? Number.POSITIVE_INFINITY),
  )
  // Each request that is counted takes at most the window's share of one unit to be forgotten.
  const owedMs = Number.isFinite(lowest) ? (longestMs * answers.length) / lowest : longestMs * answers.length
  const factor = measured.foreignTraffic === 'none' ? 1 : othersFactor
  const isTooLong = ({ seconds }: Delay) => seconds * 1000 > longestMs + 1000
  const fitsAsMs = ({ seconds }: Delay) =>
    seconds * 1000 > factor * (longestMs + owedMs) + 1000 && seconds <= longestMs + 1000
  const asMs = delays.find(fitsAsMs)
  const window = `a window of ${longestMs / 1000} s`
  if (asMs) return untrue(delays, asMs, `is beyond ${window}, and fits as milliseconds`, fitsAsMs)
  const tooLong = delays.find(isTooLong)
  if (tooLong) {
    const { line, field, seconds } = tooLong
    const why = `${field} of line ${line} is ${seconds} s, beyond ${window}, as it may be where refused requests count`
    return cannotTell(why, 'a refusal after a long quiet time', [line])
  }
  const lines = delays.map(({ line }) => line)
  return { verdict: 'true', lines, why: `all of ${counted(delays.length, 'delay')} fit into ${window}` }
}

function delaysOf({ seen: { line }, retryAfter, quotas }: Answer): Delay[] {
  const resets = quotas.flatMap(({ resetSeconds }) =>
    resetSeconds === undefined ? [] : [{ line, field: 'the reset', seconds: resetSeconds }],
  )
  return retryAfter?.kind === 'delay'
    ? [{ line, field: 'Retry-After', seconds: retryAfter.seconds }, ...resets]
    : resets
}

function untrue(
  delays: readonly Delay[],
  { line, field, seconds }: Delay,
  what: string,
  isWrong: (delay: Delay) => boolean,
): Judgement {
  const wrong = delays.filter(isWrong)
  const why = `${field} of line ${line} is ${seconds}, which ${what}; so it is with ${wrong.length} of ${counted(delays.length, 'delay')}`
  return { verdict: 'untrue', lines: wrong.map((each) => each.line), why }
}
