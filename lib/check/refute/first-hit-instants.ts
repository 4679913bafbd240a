import {
  type FirstHit,
  type NextStart,
  nextStart,
  orphaned,
  reasonAgainst,
  type StartRange,
} from './first-hit-next.ts'

/** So many windows that follow one another are looked at; later ones only by what spans of them hold. */
export const maxChain = 1_000

/** So many instants are tried, and so many of one range. */
const mostTried = 4_000
const ofARange = [0.5, 0.25, 0.75, 0, 1]

/**
 * The start of a first window that others can follow to the end of the history without a reason against any, each at
 * one instant. What speaks against a range of starts speaks against every instant in it: where there is such a chain,
 * no ranges can be cut so that all of them are refuted, and there is no use in looking for that. That none is found
 * says nothing: only a few instants of each range are tried.
 */
export function instantsLeft(search: FirstHit): StartRange | undefined {
  const ends = new Set<number>()
  const chain = [{ us: Number.NaN, next: instantsOf(nextStart(search, undefined)) }]
  for (let tried = 0; tried < mostTried; ) {
    const last = chain.at(-1)
    if (last === undefined || chain.length > maxChain) return undefined
    const us = last.next.pop()
    if (us === undefined) {
      ends.add(last.us)
      chain.pop()
      continue
    }
    if (ends.has(us)) continue
    tried++
    const at: StartRange = [us, us]
    if (reasonAgainst(search, at, chain.length > 1 ? [last.us, last.us] : undefined)) continue
    const next = nextStart(search, at)
    chain.push({ us, next: instantsOf(next) })
    if (next?.sure || orphaned(search, at)) continue
    const first = chain[1]?.us ?? us
    return [first, first]
  }
  return undefined
}

/** Some of the instants at which a window can start, those to be tried first last. */
function instantsOf(next: NextStart | undefined): number[] {
  if (!next) return []
  const { from, to } = next
  const instants = ofARange.map((share) => from + Math.floor(share * (to - from)))
  return [...new Set(instants)].reverse()
}
