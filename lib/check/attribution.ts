import { type Descriptor, type History, Outcome } from '../history/history.ts'
import type { Attribution } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'

/** So many lines of one kind are named. */
const mostLines = 100

/** Refusals that look alike, among those of requests that meet the same limits. */
interface Kind {
  looks: number
  limitedBy: number
  descriptors: Set<string>
  count: number
  lines: number[]
}

/**
 * The kinds of refusals in a history, by what they looked like and whom they blame, the most frequent
 * first. A limiter says the same each time, so that requests which meet two limits have two kinds of
 * refusals at most: kinds beyond that, and such as blame nobody where others blame a limit, are marked
 * as unexpected, since something that the spec does not have may stand behind them. That proves
 * nothing, and no verdict depends on it.
 */
export function attributionOf(history: History, limits: readonly Limit[]): Attribution[] {
  const kindsByLimits = new Map<string, { scopes: string[]; kinds: Map<string, Kind> }>()
  const groups = history.descriptors.map((descriptor) => {
    const met = limitsMet(descriptor, limits)
    const key = met.join()
    const group = kindsByLimits.get(key) ?? {
      scopes: met.map((index) => (limits[index] as Limit).scope),
      kinds: new Map<string, Kind>(),
    }
    kindsByLimits.set(key, group)
    return { group, name: descriptor.name, last: undefined as Kind | undefined }
  })
  for (let row = 0; row < history.count; row++) {
    if (history.outcome[row] !== Outcome.limited) continue
    const looks = history.looks[row] as number
    const limitedBy = history.limitedBy[row] as number
    const own = groups[history.descriptor[row] as number] as (typeof groups)[number]
    // One after another mostly look alike.
    if (own.last?.looks !== looks || own.last.limitedBy !== limitedBy) {
      own.last = kindOf(own.group.kinds, looks, limitedBy)
      own.last.descriptors.add(own.name)
    }
    const kind = own.last
    kind.count++
    if (kind.lines.length < mostLines) kind.lines.push(history.line[row] as number)
  }
  return [...kindsByLimits.values()]
    .flatMap(({ scopes, kinds }) => inGroup(history, scopes, [...kinds.values()]))
    .sort((one, other) => other.count - one.count)
}

/** The kind of refusals that look so and blame that scope, which may be a new one. */
function kindOf(kinds: Map<string, Kind>, looks: number, limitedBy: number): Kind {
  const key = `${looks} ${limitedBy}`
  const kind = kinds.get(key) ?? { looks, limitedBy, descriptors: new Set(), count: 0, lines: [] }
  kinds.set(key, kind)
  return kind
}

/** The limits that a descriptor's requests meet, by their place in the list. */
function limitsMet({ scopes }: Descriptor, limits: readonly Limit[]): number[] {
  return limits.flatMap(({ scope }, index) => (Object.hasOwn(scopes, scope) ? [index] : []))
}

/** Kinds of requests that meet limits of these scopes, one for each limit. */
function inGroup(history: History, scopes: readonly string[], kinds: readonly Kind[]): Attribution[] {
  const scopeOf = ({ limitedBy }: Kind) => history.scopeNames[limitedBy]
  const blames = (kind: Kind) => scopes.includes(scopeOf(kind) ?? '')
  const byCount = [...kinds].sort((one, other) => other.count - one.count)
  const unseen = [...scopes]
  // Whoever names its limits names all of them.
  let spare = kinds.some(blames) ? 0 : scopes.length
  return byCount.map((kind) => {
    const own = unseen.indexOf(scopeOf(kind) ?? '')
    const expected = blames(kind) ? own >= 0 : spare-- > 0
    if (own >= 0) unseen.splice(own, 1)
    const looks = history.lookNames[kind.looks]
    const limitedBy = scopeOf(kind)
    return {
      ...(looks !== undefined && { looks }),
      ...(limitedBy !== undefined && { limitedBy }),
      descriptors: [...kind.descriptors],
      count: kind.count,
      lines: kind.lines,
      unexpected: !expected,
    }
  })
}
