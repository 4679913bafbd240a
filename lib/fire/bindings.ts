import type { RefusalReading } from '../http/refusing-scope.ts'

/** Methods that a binding may use. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Where the requests of one descriptor go and what they carry: address and secrets, bound at the edge. */
export interface Binding {
  /** Absolute, http or https. Requests go to this origin and to no other, but those of `replicas`. */
  url: string
  /** The same address at further replicas; requests go to `url` and to these in turn. */
  replicas?: readonly string[]
  method: Method
  headers: Readonly<Record<string, string>>
  /** The body; every `{request}` in it is replaced by the request's id. Default: no body. */
  body?: string
}

/** What is bound to a plan: one binding for each descriptor, and what must never be shown. */
export interface Bindings {
  /** By the descriptor's name in the plan. */
  descriptors: Readonly<Record<string, Binding>>
  /** Keys and tokens, verbatim. They are blacked out wherever words of k6 are shown. */
  secrets: readonly string[]
  /** How a refusal says which limit it is from. Default: in the words that OnCall has for its limits. */
  refusals?: RefusalReading
}

/**
 * On which connections requests travel: `kept` ones are used again; `fresh` ones serve one request.
 * Requests that a transport may repeat by itself when a kept connection breaks (RFC 9110 §9.2.2:
 * safe and idempotent methods) need fresh ones, or the server would see more than was recorded.
 */
export type Lane = 'kept' | 'fresh'

/** All lanes, in the order in which they are started. */
export const lanes: readonly Lane[] = ['kept', 'fresh']

/** The lane that a binding's requests need. Only POST and PATCH are never repeated by k6's transport. */
export function laneOf({ method, headers }: Binding): Lane {
  const idempotencyKey = Object.keys(headers).some((name) => /^(x-)?idempotency-key$/i.test(name))
  return (method === 'POST' || method === 'PATCH') && !idempotencyKey ? 'kept' : 'fresh'
}

/** All addresses of a binding, in the order in which they are used. */
export function addressesOf({ url, replicas = [] }: Binding): string[] {
  return [url, ...replicas]
}

/** The body of one request. */
export function bodyFor(binding: Binding, requestId: string): string | null {
  return binding.body === undefined ? null : binding.body.replaceAll('{request}', requestId)
}

/**
 * Everything that is wrong with the bindings of a plan's descriptors, as sentences; empty when a run
 * may start.
 */
export function bindingMistakes(descriptors: readonly string[], bindings: Bindings): string[] {
  return descriptors.flatMap((name) => {
    const binding = bindings.descriptors[name]
    if (!binding) return [`descriptor ${name} has no address bound to it`]
    const isProper = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    return addressesOf(binding).every(isProper)
      ? []
      : [`the address bound to descriptor ${name} is no http or https URL`]
  })
}
