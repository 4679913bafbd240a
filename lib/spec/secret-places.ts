import { parse } from 'yaml'
import { type Environment, variablesIn } from './environment.ts'
import type { Path } from './path.ts'

/**
 * May a secret stand at this path of a spec, by the name of its variable? What stands there is shown
 * in no report, and written nowhere but as the author wrote it.
 */
export function isSecretPlace(path: Path): boolean {
  const [top, key, ...rest] = path
  if (top !== 'target') return false
  if (key === 'apiKey' || key === 'setupKey') return rest.length === 0
  if (key === 'otherKeys') return rest.length === 1
  if (key === 'loadKeys') return rest.length === 2 && rest[1] === 'apiKey'
  const [field, ...below] = key === 'callers' ? rest.slice(1) : key === 'request' ? rest : []
  return field === 'headers' ? below.length === 1 : field === 'path' || field === 'body'
}

/** The names of the variables that stand where secrets may. */
export function secretVariables(raw: unknown): string[] {
  const names = new Set<string>()
  forEachText(raw, (text, path) => {
    if (isSecretPlace(path)) for (const name of variablesIn(text)) names.add(name)
  })
  return [...names]
}

/**
 * What must not be shown of a spec.
 * @param text the spec as it is written, which parses.
 */
export function secretsOf(text: string, env: Environment): string[] {
  return secretVariables(parse(text)).flatMap((name) => env[name] ?? [])
}

/** Calls back for every text in a value. */
export function forEachText(value: unknown, look: (text: string, path: Path) => void, path: Path = []): void {
  if (typeof value === 'string') look(value, path)
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) forEachText(item, look, [...path, index])
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) forEachText(item, look, [...path, key])
}
