import type {
  Ceiling,
  Objective,
  Option,
  QuietBound,
  Replayed,
  Shortfall,
  Stretch,
  Weighed,
} from '../../lib/tune/index.ts'
import { counted, windowText } from './amounts.ts'
import { visible } from './visible.ts'

/** A limit with its window: `300 in 5m`. */
export function limitText({ limit, windowMs }: { limit: number; windowMs: number }): string {
  return `${limit} in ${windowText(windowMs / 1000)}`
}

/**
 * A candidate by the limit that is tried and those others that are not as today: `150 in 5m, organization
 * 2000 in 5m`.
 * @param withAlgorithm candidates differ in it as well.
 */
export function candidateText({ candidate }: Replayed, today: Replayed, withAlgorithm: boolean): string {
  const { limits, varied } = candidate
  const tried = limits[varied]
  const others = limits.filter(
    ({ limit }, index) => index !== varied && limit !== today.candidate.limits[index]?.limit,
  )
  return [
    ...(tried ? [`${limitText(tried)}${withAlgorithm ? `, ${tried.algorithm}` : ''}`] : []),
    ...others.map((limit) => `${visible(limit.scope)} ${limitText(limit)}`),
  ].join(', ')
}

/** A share that is never rounded to none or to all where it is not. */
export function percentText(part: number, all: number): string {
  if (part === 0 || all === 0) return '0 %'
  const percent = (100 * part) / all
  if (percent < 0.01) return '<0.01 %'
  if (part < all && percent > 99.99) return '>99.99 %'
  return `${percent.toFixed(percent < 10 ? 2 : 1)} %`
}

/** For whom, and in which stretch: `for any integration in any 5m`. */
export function stretchText({ scope, spanMs }: Stretch): string {
  return `${scope === undefined ? 'of all together' : `for any one ${visible(scope)}`} in any ${windowText(spanMs / 1000)}`
}

/** What makes a descriptor quiet, as an addition to a name: `that never asked for more than 150 in any 5m`. */
export function quietText({ most, spanMs }: QuietBound): string {
  return `that never asked for more than ${most} in any ${windowText(spanMs / 1000)}`
}

/** The parts of an objective, a phrase each. */
export function objectiveTexts({ quietRefused, ceilings }: Objective): string[] {
  return [
    ...(quietRefused === undefined
      ? []
      : [`at most ${trimmedPercent(quietRefused)} of the requests of quiet descriptors refused`]),
    ...ceilings.map(ceilingText),
  ]
}

function ceilingText(ceiling: Ceiling): string {
  return `never more than ${ceiling.most} let through ${stretchText(ceiling)}`
}

/** By how much an objective is missed, a phrase each. */
export function shortfallTexts({ shortfalls }: Option, objective: Objective): string[] {
  return shortfalls.map((shortfall) => shortfallText(shortfall, objective))
}

function shortfallText(shortfall: Shortfall, { ceilings }: Objective): string {
  if (shortfall.of === 'quiet-refused') {
    return `${percentText(shortfall.found, 1)} of the requests of quiet descriptors refused, where ${trimmedPercent(shortfall.most)} may be`
  }
  const ceiling = ceilings[shortfall.ceiling] as Ceiling
  return `${shortfall.found} let through ${stretchText(ceiling)}, where ${ceiling.most} may be`
}

/** What a candidate does, in a phrase: what it lets through at once, and what it refuses. */
export function optionText(
  { worst, asked, refused, quietAsked, quietRefused }: Weighed,
  yardstick: Stretch,
): string {
  const quiet =
    quietAsked === 0 ? '' : `, and ${percentText(quietRefused, quietAsked)} of those of quiet descriptors`
  return `lets at most ${counted(worst, 'request')} through ${stretchText(yardstick)}, and refuses ${percentText(refused, asked)} of all requests${quiet}`
}

function trimmedPercent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`
}
