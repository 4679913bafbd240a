import type { Oncall } from '../../oncall/index.ts'
import type { Finding } from '../finding.ts'
import { problemFinding, whoText } from './finding-words.ts'

/** A key that a load is spread over, and how it is spoken with. */
export interface FurtherKey {
  /** Where it stands in the spec. */
  place: string
  /** The organization that the spec says it belongs to; `undefined` for that of the target's own key. */
  organization?: string
  oncall: Pick<Oncall, 'preflight' | 'readIntegrationIds'>
}

/** Integrations that the keys of one organization see. */
interface Seen {
  place: string
  organization: string | undefined
  ids: ReadonlySet<string>
}

const name = 'load key'

/**
 * Says of each further key whether it works, whose it is, whether it is of the organization that the spec
 * says, and whether its user may make integrations, as far as that shows without making any. Two requests a
 * key, more where the list of integrations has several pages; and that list with the target's own key.
 * Nothing is asked where there are none.
 */
export async function loadKeyFindings(
  own: Pick<Oncall, 'readIntegrationIds'>,
  keys: readonly FurtherKey[],
): Promise<Finding[]> {
  if (keys.length === 0) return []
  const ownSeen = await own.readIntegrationIds()
  if (!ownSeen.ok) return [problemFinding(name, ownSeen.problem)]
  const all: Seen[] = [{ place: 'apiKey', organization: undefined, ids: ownSeen.value }]
  const findings: Finding[] = []
  for (const { place, organization, oncall } of keys) {
    const who = await oncall.preflight()
    if (!who.ok) {
      findings.push(atPlace(place, problemFinding(name, who.problem)))
      continue
    }
    const read = await oncall.readIntegrationIds()
    if (!read.ok) {
      findings.push(atPlace(place, problemFinding(name, read.problem)))
      continue
    }
    const seen = { place, organization, ids: read.value }
    const isMaker = organization !== undefined && all.every((other) => other.organization !== organization)
    findings.push({
      name,
      ...organizationOf(`${place} belongs to ${whoText(who.value)}`, seen, all),
      ...(isMaker && who.value.role === 'observer' && { advice: ofObservers }),
    })
    all.push(seen)
  }
  return findings
}

const ofObservers =
  'observers may not make integrations, which alerts need, unless a role of their own lets them: let a key of somebody else be the first of that organization'

/**
 * Is a key of the organization that the spec says? Who sees an integration that another key sees as well is
 * of the same organization; who does not is of another one, or may not see it; where there is none, nothing shows.
 */
function organizationOf(
  said: string,
  { organization, ids }: Seen,
  before: readonly Seen[],
): Omit<Finding, 'name'> {
  const whose = organization === undefined ? 'the organization of apiKey' : `organization "${organization}"`
  const isMate = (other: Seen) => other.organization === organization
  const isShared = (other: Seen) => [...ids].some((id) => other.ids.has(id))
  const same = before.find((other) => isShared(other) && !isMate(other))
  if (same) {
    const remedy =
      same.organization === undefined
        ? 'leave its organization out'
        : `make it organization: ${same.organization}`
    return {
      ok: false,
      found: `${said}; it sees integrations that ${same.place} sees as well, so both are of one organization, and the spec says of two`,
      advice: remedy,
      mistake: true,
    }
  }
  const mates = before.filter(isMate)
  const sure = mates.find(isShared)
  if (sure) return { ok: true, found: `${said}, of ${whose}: it sees integrations that ${sure.place} sees` }
  const compared = mates.length > 0 ? mates : before
  if (compared.some((other) => other.ids.size + ids.size === 0)) {
    return {
      ok: true,
      found: `${said}; whether it is of ${whose} cannot be told while there are no integrations: a run that makes some looks before it fires`,
    }
  }
  if (mates.length === 0) {
    return { ok: true, found: `${said}, of ${whose}: it sees no integration that the keys of others see` }
  }
  return {
    ok: true,
    found: `${said}; it sees no integration that ${mates[0]?.place} sees`,
    advice: 'if it is of another organization, name that: organization: NAME',
  }
}

function atPlace(place: string, finding: Finding): Finding {
  return { ...finding, found: `${place}: ${finding.found}` }
}
