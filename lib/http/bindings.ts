import type { Binding, Bindings } from '../fire/index.ts'
import { type Caller, callersOf, type LimitedBy, type Spec, type Target } from '../spec/index.ts'
import type { RefusalReading } from './refusing-scope.ts'

/**
 * What the callers of a spec send, bound to its address: one binding for each caller, by its name.
 * @param secrets what must not be shown of it.
 */
export function httpBindings(
  { target, limits }: Pick<Spec, 'target' | 'limits'>,
  secrets: readonly string[],
): Bindings {
  if (!target) throw new Error('a spec without a target binds nothing')
  const callers = callersOf({ target, limits })
  return {
    descriptors: Object.fromEntries(callers.map((caller) => [caller.name, bindingOf(target, caller)])),
    secrets,
    refusals: readingOf(
      target.limitedBy,
      limits.map(({ scope }) => scope),
    ),
  }
}

function bindingOf({ url, replicas, request }: Target, caller: Caller): Binding {
  const body = caller.body ?? request?.body
  const path = caller.path ?? request?.path ?? ''
  return {
    url: addressOf(url, path),
    ...(replicas && { replicas: replicas.map((each) => addressOf(each, path)) }),
    method: request?.method ?? 'GET',
    headers: merged(request?.headers ?? {}, caller.headers),
    ...(body !== undefined && { body }),
  }
}

function addressOf(url: string, path: string): string {
  return (path.startsWith('/') ? url.replace(/\/+$/, '') : url) + path
}

/** Header fields of a caller stand in the place of those of the request that have the same name. */
function merged(
  common: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const lower = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return Object.fromEntries([...lower(common), ...lower(own)])
}

/** Where nothing says what else stands for a scope, its own name does. */
function readingOf(limitedBy: LimitedBy | undefined, scopes: readonly string[]): RefusalReading {
  if (!limitedBy) return { scopes: {} }
  const { header, json, scopes: named } = limitedBy
  return {
    ...(header !== undefined && { header: header.toLowerCase() }),
    ...(json !== undefined && { json: json.split('.') }),
    scopes: { ...Object.fromEntries(scopes.map((scope) => [scope, scope])), ...named },
  }
}
