import { variablesIn } from './environment.ts'
import { httpMistakes } from './http-meaning.ts'
import { shown } from './mistake.ts'
import { type Path, type PathMistake, valueAt } from './path.ts'
import { refillMistakes } from './refill.ts'
import { forEachText, isSecretPlace, secretVariables } from './secret-places.ts'

/**
 * What the types of a spec cannot say: names that stand once, refills that go with their limit, outcomes
 * that exclude each other, a key that is no literal, an address that is a base address.
 * @param raw the spec as it is written, whatever its shape: nothing about it is taken for granted.
 * @param offline the target will not be spoken to, so it need not be complete.
 */
export function meaningMistakes(raw: unknown, offline: boolean): PathMistake[] {
  return [
    ...repeatedNames(raw),
    ...refillMistakes(raw),
    ...overlappingOutcomes(raw),
    ...targetMistakes(raw, offline),
    ...secretsElsewhere(raw),
    ...httpMistakes(raw, offline),
  ]
}

function repeatedNames(raw: unknown): PathMistake[] {
  const limits = valueAt(raw, ['limits'])
  if (!Array.isArray(limits)) return []
  const firstOf = new Map<string, number>()
  return limits.flatMap((limit, index) => {
    const name = valueAt(limit, ['name'])
    if (typeof name !== 'string') return []
    const first = firstOf.get(name)
    if (first === undefined) {
      firstOf.set(name, index)
      return []
    }
    const path = ['limits', index, 'name']
    const hint = `limits[${first}] has it already: results and certificates tell limits apart by name`
    return [{ path, expected: 'a name of its own', found: shown(name), hint }]
  })
}

function overlappingOutcomes(raw: unknown): PathMistake[] {
  const accepted = statusesAt(raw, 'accepted', '2xx')
  const both = statusesAt(raw, 'limited', '429').find((status) => accepted.includes(status))
  if (both === undefined) return []
  const path = ['outcomes', valueAt(raw, ['outcomes', 'limited']) === undefined ? 'accepted' : 'limited']
  return [{ path, expected: 'statuses that are either accepted or limited', found: `${shown(both)} as both` }]
}

function statusesAt(raw: unknown, side: string, otherwise: string): string[] {
  const value = valueAt(raw, ['outcomes', side]) ?? otherwise
  return (Array.isArray(value) ? value : [value])
    .filter((status) => typeof status === 'string' || typeof status === 'number')
    .map(String)
}

/** The whole key, or an authentication scheme before it. */
const keyByVariable = /^([A-Za-z]+ )?\$\{[^}]*\}$/

/** Where keys stand in a target. */
function keyPathsOf(target: unknown): Path[] {
  const loadKeys = valueAt(target, ['loadKeys'])
  return [
    ['apiKey'],
    ['setupKey'],
    ...['sameUser', 'otherUser', 'otherOrganization'].map((key) => ['otherKeys', key]),
    ...(Array.isArray(loadKeys) ? loadKeys.map((_, index) => ['loadKeys', index, 'apiKey']) : []),
  ]
}

function targetMistakes(raw: unknown, offline: boolean): PathMistake[] {
  const target = valueAt(raw, ['target'])
  if (typeof target !== 'object' || target === null || Array.isArray(target)) return []
  const mistakes: PathMistake[] = []
  const kind = valueAt(target, ['kind'])
  const apiKey = valueAt(target, ['apiKey'])
  const path = ['target', 'apiKey']
  const byVariable = `an environment variable that holds a key, written \${ONCALL_API_KEY}`
  for (const path of keyPathsOf(target)) {
    const written = valueAt(target, path)
    if (typeof written !== 'string' || keyByVariable.test(written)) continue
    mistakes.push({
      path: ['target', ...path],
      expected: byVariable,
      found: 'a literal value',
      hint: 'secrets only by environment variable',
    })
  }
  if (typeof apiKey === 'string' && apiKey === valueAt(target, ['setupKey'])) {
    mistakes.push({
      path: ['target', 'setupKey'],
      expected: 'another key than apiKey',
      found: 'the same variable',
      hint: 'it is there to leave the limit of apiKey alone; without a second key leave setupKey out',
    })
  }
  if (apiKey === undefined && kind !== 'http' && !offline) {
    const hint = 'OnCall makes a key under Settings; for another API write kind: http'
    mistakes.push({ path, expected: byVariable, found: 'nothing', hint })
  }
  if (kind !== 'http') mistakes.push(...addressesOfParts(target))
  return mistakes
}

/** What is in a name or an address gets into reports, so a secret must not be in one. */
function secretsElsewhere(raw: unknown): PathMistake[] {
  const secrets = secretVariables(raw)
  const ofKey = keyPathsOf(valueAt(raw, ['target'])).flatMap((path) => {
    const written = valueAt(raw, ['target', ...path])
    return typeof written === 'string' ? variablesIn(written) : []
  })
  const mistakes: PathMistake[] = []
  forEachText(raw, (text, path) => {
    if (isSecretPlace(path)) return
    const name = variablesIn(text).find((each) => secrets.includes(each))
    if (name === undefined) return
    const isKey = ofKey.includes(name)
    mistakes.push({
      path,
      expected: 'a text without a secret',
      found: `the variable of ${isKey ? 'the key' : 'a secret'}, ${name}`,
      hint: `only ${isKey ? 'keys are' : 'headers, path and body are'} kept out of reports`,
    })
  })
  return mistakes
}

function addressesOfParts(target: object): PathMistake[] {
  const mistakes: PathMistake[] = []
  const look = (address: unknown, path: Path): void => {
    if (typeof address !== 'string') return
    const part = /\/(integrations\/v1|api\/v1)(\/|$)/.exec(address)?.[1]
    if (!part) return
    const why =
      part === 'api/v1' ? 'it is added' : 'integrations of our own are made, and its token is a secret'
    mistakes.push({
      path,
      expected: 'the base address',
      found: `one with /${part}`,
      hint: `leave /${part} and what follows out: ${why}`,
    })
  }
  for (const key of ['url', 'ingestUrl']) {
    const address = valueAt(target, [key])
    if (Array.isArray(address)) {
      for (const [index, item] of address.entries()) look(item, ['target', key, index])
    } else look(address, ['target', key])
  }
  return mistakes
}
