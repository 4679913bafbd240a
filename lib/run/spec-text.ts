import { parse, stringify } from 'yaml'
import { type Spec, writtenOncallFields, writtenPrecautions } from '../spec/index.ts'

/**
 * A spec as a file that parses to the same spec: every default written out, durations in
 * milliseconds. A key is never in it.
 * @param apiKey how the author wrote the key, such as `${ONCALL_API_KEY}`; without it, the file has none.
 * @param sent what is sent and by whom, as the author wrote it; without it, the file does not say.
 * @param setupKey how the author wrote the second key.
 */
export function specText(
  spec: Spec,
  apiKey?: string,
  sent?: Partial<WrittenRequests>,
  setupKey?: string,
): string {
  const { target, limits, outcomes, capacity, clockDriftPpm } = spec
  const written = {
    ...(target && {
      target: {
        kind: target.kind,
        url: target.replicas ? [target.url, ...target.replicas] : target.url,
        ...(target.ingestUrl && { ingestUrl: target.ingestUrl }),
        ...(apiKey && { apiKey }),
        ...(setupKey && { setupKey }),
        ...writtenOncallFields(target),
        dedicated: target.dedicated,
        ...sent,
        ...(target.limitedBy && { limitedBy: target.limitedBy }),
        ...writtenPrecautions(target),
        reconcile: target.reconcile,
        deliveredWithin: `${target.deliveredWithin}ms`,
      },
    }),
    limits: limits.map(({ refillEvery, ...limit }) => ({
      ...limit,
      window: `${limit.window}ms`,
      ...(refillEvery !== undefined && { refillEvery: `${refillEvery}ms` }),
    })),
    outcomes,
    ...(capacity && { capacity }),
    clockDriftPpm,
  }
  return stringify(written, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** How the author of a spec that parses wrote a key: `${NAME}`, never what it stands for. */
export function writtenApiKey(text: string, key: 'apiKey' | 'setupKey' = 'apiKey'): string | undefined {
  const { target } = parse(text) as { target?: { apiKey?: unknown; setupKey?: unknown } | null }
  const written = target?.[key]
  return typeof written === 'string' && written.includes('${') ? written : undefined
}

/** What a spec says about requests and callers, with `${NAME}` where that stands in it. */
export type WrittenRequests = Readonly<Record<'request' | 'callers', unknown>>

/** How the author of a spec that parses wrote what is sent; never what variables stand for. */
export function writtenRequests(text: string): Partial<WrittenRequests> {
  const { target } = parse(text) as { target?: Partial<WrittenRequests> | null }
  const { request, callers } = target ?? {}
  return { ...(request !== undefined && { request }), ...(callers !== undefined && { callers }) }
}
