import { parse, stringify } from 'yaml'
import { type Spec, writtenOncallFields, writtenPrecautions } from '../spec/index.ts'

/**
 * A spec as a file that parses to the same spec: every default written out, durations in
 * milliseconds. A key is never in it.
 * @param written keys and requests as the author wrote them, see `writtenIn`; what is missing there is
 * not in the file.
 */
export function specText(
  spec: Spec,
  { apiKey, setupKey, otherKeys, loadKeys, ...sent }: Written = {},
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
        ...(otherKeys && { otherKeys }),
        ...(loadKeys && { loadKeys }),
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

/** What stands in a spec of which only the text may be kept: keys, and requests that hold them. */
export interface Written {
  apiKey?: string
  setupKey?: string
  otherKeys?: Readonly<Record<string, string>>
  loadKeys?: readonly Readonly<Record<string, string>>[]
  request?: unknown
  callers?: unknown
}

/** How the author of a spec that parses wrote keys and requests: with `${NAME}`, never what that stands for. */
export function writtenIn(text: string): Written {
  const { target } = parse(text) as { target?: Written | null }
  const { apiKey, setupKey, otherKeys, loadKeys, request, callers } = target ?? {}
  const others = Object.entries(otherKeys ?? {}).filter(([, key]) => isVariable(key))
  return {
    ...(isVariable(apiKey) && { apiKey }),
    ...(isVariable(setupKey) && { setupKey }),
    ...(others.length > 0 && { otherKeys: Object.fromEntries(others) }),
    ...(loadKeys?.every((one) => isVariable(one.apiKey)) && { loadKeys }),
    ...(request !== undefined && { request }),
    ...(callers !== undefined && { callers }),
  }
}

function isVariable(written: unknown): boolean {
  return typeof written === 'string' && written.includes('${')
}
