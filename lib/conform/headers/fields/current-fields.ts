import { isNumberedPolicy } from '../dialect.ts'
import { fieldValue, type HeaderLine } from '../observed.ts'
import type { Quota, QuotaReading } from '../quota.ts'
import { type Item, type Parsed, parseList } from './structured-field.ts'

/** `RateLimit-Policy` and `RateLimit` as of draft-08 to -11; `undefined` where the answer has none such. */
export interface CurrentFields {
  policy: Parsed<Item[]> | undefined
  current: Parsed<Item[]> | undefined
}

/** Reads both fields; lists that are split over several field lines are joined. */
export function readCurrentFields(headers: readonly HeaderLine[]): CurrentFields {
  const policy = fieldValue(headers, 'ratelimit-policy')
  const current = fieldValue(headers, 'ratelimit')
  return {
    policy: policy === undefined || isNumberedPolicy(policy) ? undefined : parseList(policy),
    current: current === undefined ? undefined : parseList(current),
  }
}

/** The string that an item is; `undefined` where it is none. */
export function nameOf({ value }: Item): string | undefined {
  return value.type === 'string' ? value.value : undefined
}

/**
 * What the two fields say together, by the policies' names and partition keys: first what is left, with
 * its policy, then the policies of which nothing more is said. Parameters that are no such numbers are
 * ignored, and so are items without a name.
 */
export function currentQuotas(fields: CurrentFields, headers: readonly HeaderLine[]): QuotaReading {
  const policies = fields.policy?.ok ? fields.policy.value.filter(isNamed) : []
  const current = fields.current?.ok ? fields.current.value.filter(isNamed) : []
  const used = new Set<Item>()
  const quotas = current.map((item) => {
    const policy = policyFor(item, policies)
    if (policy) used.add(policy)
    return quotaOf(policy, item)
  })
  const rest = policies.filter((policy) => !used.has(policy)).map((policy) => quotaOf(policy, undefined))
  const malformed = (['ratelimit-policy', 'ratelimit'] as const).flatMap((field) => {
    const parsed = field === 'ratelimit' ? fields.current : fields.policy
    if (!parsed || parsed.ok) return []
    const { at, expected, found } = parsed
    return [{ field, value: fieldValue(headers, field) ?? '', at, expected, found }]
  })
  return { quotas: [...quotas, ...rest], malformed }
}

function isNamed(item: Item): boolean {
  return nameOf(item) !== undefined
}

/** Of several policies with the item's name, the one with its partition key; of one, that one. */
function policyFor(item: Item, policies: readonly Item[]): Item | undefined {
  const named = policies.filter((policy) => nameOf(policy) === nameOf(item))
  const same = named.find((policy) => partitionOf(policy) === partitionOf(item))
  return same ?? (named.length === 1 ? named[0] : undefined)
}

function quotaOf(policy: Item | undefined, current: Item | undefined): Quota {
  const named = (current ?? policy) as Item
  const unit = policy?.parameters.get('qu')
  return {
    dialect: 'draft-08',
    name: nameOf(named),
    partition: partitionOf(named),
    unit: unit?.type === 'string' ? unit.value : undefined,
    limit: numberOf(policy, 'q'),
    windowSeconds: numberOf(policy, 'w'),
    remaining: numberOf(current, 'r'),
    resetSeconds: numberOf(current, 't'),
  }
}

function partitionOf({ parameters }: Item): string | undefined {
  const key = parameters.get('pk')
  return key?.type === 'bytes' ? key.value : undefined
}

function numberOf(item: Item | undefined, key: string): number | undefined {
  const value = item?.parameters.get(key)
  return value?.type === 'integer' && value.value >= 0 ? value.value : undefined
}
