import { type Dialect, isNumberedPolicy, vendorPrefixes } from '../dialect.ts'
import { fieldValue, type HeaderLine } from '../observed.ts'
import { type MalformedField, type Quota, type QuotaReading, readsAsEpoch } from '../quota.ts'
import { type Item, type Parsed, parseDictionary, parseList } from './structured-field.ts'

/** Reads what came before draft-08: the three fields of drafts 03 to 06, and draft-07's dictionary. */
export function readOlderFields(headers: readonly HeaderLine[], spoken: readonly Dialect[]): QuotaReading {
  const reading: QuotaReading = { quotas: [], malformed: [] }
  if (spoken.includes('draft-06') || spoken.includes('draft-03')) {
    const dialect = spoken.includes('draft-06') ? 'draft-06' : 'draft-03'
    add(reading, threeFields(headers, 'ratelimit-', dialect))
  }
  if (spoken.includes('draft-07')) add(reading, dictionary(headers))
  for (const prefix of vendorPrefixes) {
    const isEnvoy = (fieldValue(headers, `${prefix}limit`) ?? '').includes(';')
    add(reading, threeFields(headers, prefix, isEnvoy ? 'draft-03' : 'x-ratelimit'))
  }
  return reading
}

function add(reading: QuotaReading, { quotas, malformed }: QuotaReading): void {
  reading.quotas.push(...quotas)
  reading.malformed.push(...malformed)
}

function threeFields(headers: readonly HeaderLine[], prefix: string, dialect: Dialect): QuotaReading {
  const malformed: QuotaReading['malformed'] = []
  const numberOf = (name: string) => {
    const value = fieldValue(headers, prefix + name)
    if (value === undefined || /^\d{1,15}$/.test(value))
      return value === undefined ? undefined : Number(value)
    // What no document defines cannot be malformed; it is only not understood.
    if (dialect !== 'x-ratelimit') malformed.push(noNumber(prefix + name, value))
    return undefined
  }
  const limit = limitField(headers, `${prefix}limit`, dialect)
  if (limit && !limit.ok && dialect !== 'x-ratelimit') malformed.push(limit.malformed)
  const policies =
    limit?.ok && limit.policies.length > 0 ? limit.policies : numberedPolicies(headers, malformed)
  const reset = numberOf('reset')
  const isInstant = dialect === 'x-ratelimit' && reset !== undefined && readsAsEpoch(reset)
  const quota: Quota = {
    dialect,
    limit: limit?.ok ? limit.limit : undefined,
    remaining: numberOf('remaining'),
    ...(isInstant ? { resetAtSeconds: reset } : { resetSeconds: reset }),
  }
  if (dialect !== 'x-ratelimit') quota.windowSeconds = windowOf(quota.limit, policies)
  const isEmpty = [quota.limit, quota.remaining, reset].every((number) => number === undefined)
  return { quotas: isEmpty ? [] : [quota], malformed }
}

interface NumberedPolicy {
  limit: number
  windowSeconds: number | undefined
}

type LimitField =
  | { ok: true; limit: number; policies: NumberedPolicy[] }
  | { ok: false; malformed: Omit<MalformedField, 'line'> }

/** `100`, or with policies behind: `100, 100;w=60, 1000;w=3600`. */
function limitField(headers: readonly HeaderLine[], field: string, dialect: Dialect): LimitField | undefined {
  const value = fieldValue(headers, field)
  if (value === undefined) return undefined
  const items = parseList(value)
  if (!items.ok) return { ok: false, malformed: mistakeOf(field, value, items) }
  const policies = items.value.map(policyOf)
  const [first, ...others] = policies
  const isAllowed = others.length === 0 || dialect === 'draft-03'
  if (first === undefined || policies.includes(undefined) || !isAllowed) {
    return { ok: false, malformed: noNumber(field, value) }
  }
  // Some send the policy alone, as `100;w=60`: then the first is both.
  const stated = first.windowSeconds === undefined ? others : policies
  return { ok: true, limit: first.limit, policies: stated as NumberedPolicy[] }
}

function policyOf({ value, parameters }: Item): NumberedPolicy | undefined {
  if (value.type !== 'integer' || value.value < 0) return undefined
  const window = parameters.get('w')
  return { limit: value.value, windowSeconds: window?.type === 'integer' ? window.value : undefined }
}

/** `RateLimit-Policy: 100;w=60, 1000;w=3600`. */
function numberedPolicies(
  headers: readonly HeaderLine[],
  malformed: QuotaReading['malformed'],
): NumberedPolicy[] {
  const field = 'ratelimit-policy'
  const value = fieldValue(headers, field)
  if (value === undefined || !isNumberedPolicy(value)) return []
  const items = parseList(value)
  if (!items.ok) {
    malformed.push(mistakeOf(field, value, items))
    return []
  }
  const policies = items.value.map(policyOf)
  if (policies.includes(undefined)) malformed.push(noNumber(field, value))
  return policies.filter((policy) => policy !== undefined)
}

/** The window of the policies that have this limit; different ones leave it open. */
function windowOf(limit: number | undefined, policies: readonly NumberedPolicy[]): number | undefined {
  const fitting = policies.filter((policy) => limit === undefined || policy.limit === limit)
  const windows = new Set(fitting.map(({ windowSeconds }) => windowSeconds))
  return windows.size === 1 ? fitting[0]?.windowSeconds : undefined
}

/** Draft-07: `RateLimit: limit=100, remaining=50, reset=5`. */
function dictionary(headers: readonly HeaderLine[]): QuotaReading {
  const malformed: QuotaReading['malformed'] = []
  const value = fieldValue(headers, 'ratelimit') ?? ''
  const members = parseDictionary(value)
  if (!members.ok) return { quotas: [], malformed: [mistakeOf('ratelimit', value, members)] }
  const numberOf = (key: string) => {
    const item = members.value.get(key)?.value
    if (item === undefined) return undefined
    if (item.type === 'integer' && item.value >= 0) return item.value
    malformed.push({ ...noNumber('ratelimit', value), at: Math.max(0, value.indexOf(`${key}=`)) })
    return undefined
  }
  const limit = numberOf('limit')
  const windowSeconds = windowOf(limit, numberedPolicies(headers, malformed))
  const quota: Quota = {
    dialect: 'draft-07',
    limit,
    windowSeconds,
    remaining: numberOf('remaining'),
    resetSeconds: numberOf('reset'),
  }
  return { quotas: [quota], malformed }
}

function noNumber(field: string, value: string): Omit<MalformedField, 'line'> {
  return { field, value, at: 0, expected: 'a whole number of 0 or more', found: `"${value}"` }
}

function mistakeOf(
  field: string,
  value: string,
  { at, expected, found }: Exclude<Parsed<unknown>, { ok: true }>,
) {
  return { field, value, at, expected, found }
}
