import { stringify } from 'yaml'
import type { CandidateLimit } from '../candidate.ts'
import { durationWord, enforcedAs, otherAlgorithm, type Setting, withComments } from './setting.ts'

const units = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/**
 * Descriptors for Envoy's rate limit service (github.com/envoyproxy/ratelimit), which counts in fixed
 * windows of one second, minute, hour, day or week from the epoch, refused requests too, and those that another
 * descriptor refuses. It has one limit for each key of a descriptor: further limits of a scope get keys of their
 * own. Other windows become the longest of these that is no longer and lets something
 * through, at the same rate or just below; where none does, the shortest that does.
 */
export function envoySetting(limits: readonly CandidateLimit[]): Setting {
  const amountsTo = limits.map(inUnits)
  const keys = keysOf(limits)
  const text = stringify({
    domain: 'onset',
    descriptors: amountsTo.map(({ limit, windowMs }, index) => ({
      key: keys[index],
      rate_limit: { unit: units.find(([, ms]) => ms === windowMs)?.[0], requests_per_unit: limit },
    })),
  })
  const remarks = [
    `Envoy has to send a descriptor for each limit by itself (${keys.join(', ')}), by the rate_limits of its route.`,
    ...keys.flatMap((key, index) => {
      const { scope } = limits[index] as CandidateLimit
      return key === scope ? [] : [`${key} has the same value as ${scope}: a key has one limit.`]
    }),
    ...(limits.length > 1
      ? [
          'All of them count every request: one that a limit refuses uses up the others as well, unless the service is told otherwise.',
        ]
      : []),
    ...otherAlgorithm(limits, ['fixed-window'], 'a fixed window'),
    ...limits.flatMap((wanted, index) => differenceWords(wanted, amountsTo[index] as CandidateLimit)),
  ]
  return {
    platform: 'Envoy ratelimit',
    file: 'envoy-ratelimit.yaml',
    text: withComments('#', remarks, text.trimEnd().split('\n')),
    amountsTo,
    remarks,
  }
}

/** The scope of each limit, and where it was there before, with a number that makes it another word. */
function keysOf(limits: readonly CandidateLimit[]): string[] {
  const scopes = new Set(limits.map(({ scope }) => scope))
  const keys: string[] = []
  for (const { scope } of limits) {
    let key = scope
    for (let number = 2; keys.includes(key) || (key !== scope && scopes.has(key)); number++) {
      key = `${scope}_${number}`
    }
    keys.push(key)
  }
  return keys
}

function inUnits(wanted: CandidateLimit): CandidateLimit {
  const { limit, windowMs } = wanted
  const inUnit = (ms: number) => Math.floor((limit * ms) / windowMs)
  const [, unitMs] =
    units.find(([, ms]) => ms <= windowMs && inUnit(ms) >= 1) ??
    units.findLast(([, ms]) => inUnit(ms) >= 1) ??
    units[0]
  return enforcedAs(wanted, {
    limit: inUnit(unitMs),
    windowMs: unitMs,
    algorithm: 'fixed-window',
    limitedRequests: 'counted',
    chargedWhenRefused: 'counted',
  })
}

function differenceWords(wanted: CandidateLimit, enforced: CandidateLimit): string[] {
  const words = ({ limit, windowMs }: CandidateLimit) => `${limit} in ${durationWord(windowMs)}`
  if (wanted.windowMs === enforced.windowMs) return []
  const burst =
    enforced.windowMs < wanted.windowMs ? 'cuts shorter bursts' : 'lets longer bursts through at once'
  return [
    `${wanted.scope}: Envoy has no window of ${durationWord(wanted.windowMs)}. ${words(enforced)} is the rate of ${words(wanted)}${exactly(wanted, enforced)}, but ${burst}.`,
  ]
}

function exactly(wanted: CandidateLimit, enforced: CandidateLimit): string {
  return wanted.limit * enforced.windowMs === enforced.limit * wanted.windowMs ? '' : ', rounded down'
}
