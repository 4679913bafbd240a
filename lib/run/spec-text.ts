import { parse, stringify } from 'yaml'
import type { Spec } from '../spec/index.ts'

/**
 * A spec as a file that parses to the same spec: every default written out, durations in
 * milliseconds. A key is never in it.
 * @param apiKey how the author wrote the key, such as `${ONCALL_API_KEY}`; without it, the file has none.
 */
export function specText(spec: Spec, apiKey?: string): string {
  const { target, limits, outcomes, clockDriftPpm } = spec
  const written = {
    ...(target && {
      target: {
        kind: target.kind,
        url: target.replicas ? [target.url, ...target.replicas] : target.url,
        ...(target.ingestUrl && { ingestUrl: target.ingestUrl }),
        ...(apiKey && { apiKey }),
        dedicated: target.dedicated,
      },
    }),
    limits: limits.map((limit) => ({ ...limit, window: `${limit.window}ms` })),
    outcomes,
    clockDriftPpm,
  }
  return stringify(written, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** How the author of a spec that parses wrote the key: `${NAME}`, never what it stands for. */
export function writtenApiKey(text: string): string | undefined {
  const { target } = parse(text) as { target?: { apiKey?: unknown } | null }
  const apiKey = target?.apiKey
  return typeof apiKey === 'string' && apiKey.includes('${') ? apiKey : undefined
}
