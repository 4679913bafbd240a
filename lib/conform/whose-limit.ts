import { Outcome } from '../history/index.ts'
import { isSurelyBucket, type Limit } from '../spec/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { isPossible, type Reading } from './reading.ts'
import type { OtherKeys } from './site.ts'

/** Whose keys are asked about, with the descriptors that their requests are recorded as. */
export const keyDescriptors: Readonly<Record<keyof OtherKeys, string>> = {
  sameUser: 'K2',
  otherUser: 'K3',
  otherOrganization: 'K4',
}

export const ownKeyDescriptor = 'K'

const whose: Record<keyof OtherKeys, string> = {
  sameUser: 'the second key of the same user',
  otherUser: "another user's key",
  otherOrganization: "another organization's key",
}

type Whose = 'own' | 'shared'

/**
 * With each other key: can it have a limit of its own, and can it share the tested one's, whichever of the others
 * share that as well? What one of them takes of a limit, none of those that share it gets.
 * @param exchanges those of the tested key and of these others.
 */
export function possibleSharing(
  others: readonly (keyof OtherKeys)[],
  exchanges: readonly Exchange[],
  limit: Limit,
  clockDriftPpm: number,
): Map<keyof OtherKeys, Set<Whose>> {
  const ways = others.reduce<(keyof OtherKeys)[][]>(
    (all, key) => all.flatMap((some) => [some, [...some, key]]),
    [[]],
  )
  const found = new Map(others.map((key) => [key, new Set<Whose>()]))
  for (const sharing of ways) {
    const descriptors = new Set(sharing.map((key) => keyDescriptors[key]))
    const reading: Reading = ({ descriptor }) => ({
      scopes: { apiKey: descriptors.has(descriptor) ? ownKeyDescriptor : descriptor },
      cost: 1,
    })
    if (!isPossible(exchanges, [limit], reading, clockDriftPpm)) continue
    for (const [key, whose] of found) whose.add(sharing.includes(key) ? 'shared' : 'own')
  }
  return found
}

/**
 * Whether another key shares the limit of the tested one: told from what it is answered while that one is
 * at its limit. @param possible what explains that. @param others the requests of that other key.
 */
export function saidOfKey(
  key: keyof OtherKeys,
  possible: ReadonlySet<Whose>,
  others: readonly Exchange[],
  limit: Limit,
): Said {
  const lines = others.map(({ line }) => line)
  const accepted = others.filter(({ outcome }) => outcome === Outcome.accepted).length
  const limited = others.filter(({ outcome }) => outcome === Outcome.limited).length
  const seen = `While the tested key was at its limit, ${whose[key]} was let through ${accepted} times and refused ${limited} times.`
  if (accepted + limited === 0) {
    return cannotTell(
      `${whose[key]} was neither let through nor refused by a limit: it was answered ${[...new Set(others.map(({ status }) => status))].join(', ')}.`,
      'Name a key that may read the list of integrations.',
      lines,
    )
  }
  const [first, another] = possible
  // What the limits of the spec leave is to be what was seen. So few requests bring no limit of its own to an end:
  // what refused some of them is another, or others used it up.
  const isSeen = first === 'own' ? accepted > 0 && limited === 0 : limited > 0
  const found = another !== undefined || isSeen ? first : undefined
  if (found === undefined) {
    return cannotTell(
      `${seen} Neither one limit of ${limit.limit} for both nor one for each explains that.`,
      limitsFirst,
      lines,
    )
  }
  if (another !== undefined) {
    return cannotTell(
      `${seen} Both one limit for both keys and one for each explain that.`,
      anotherTime,
      lines,
    )
  }
  const why = `${seen} The limit being ${isSurelyBucket(limit) ? 'a bucket of ' : ''}${limit.limit}, ${found === 'own' ? 'one limit for both' : 'a limit for each'} cannot explain that.`
  return {
    says: found,
    answer: found === 'own' ? 'yes, its own' : 'no, they share one',
    weight: 'observation',
    why,
    lines,
  }
}
