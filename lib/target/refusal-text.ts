import type { TargetConfig, TargetLimit } from './config.ts'

const unitsMs: [string, number][] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]

function durationText(ms: number): string {
  const [unit, unitMs] = unitsMs.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}

const tooMany = (what: string, { limit, windowMs }: TargetLimit) =>
  `Too many ${what}: ${limit} in ${durationText(windowMs)} allowed.`

const alertsFrom = {
  integration: 'alerts from this integration',
  organization: 'alerts from all integrations together',
}

const alertsOf = {
  organization: 'alerts from the whole organization',
  everybody: 'alerts from all organizations together',
}

const requestsWith = {
  key: 'API requests with this API key',
  user: 'API requests with the API keys of this user',
  organization: 'API requests with all API keys together',
  everybody: 'API requests with the API keys of everybody',
}

/**
 * What a refusal says in words: which limit refused, whose requests that counts, and what it allows. It
 * names one limit and no other; none at all where `nameRefuser` is off, or no limit is given.
 */
export function refusalText(
  { limits: { integration, organization, apiKey }, nameRefuser }: TargetConfig,
  refuser: keyof TargetConfig['limits'] | undefined,
): string {
  if (nameRefuser && refuser === 'integration' && integration)
    return tooMany(alertsFrom[integration.countedBy], integration)
  if (nameRefuser && refuser === 'organization' && organization)
    return tooMany(alertsOf[organization.countedBy], organization)
  if (nameRefuser && refuser === 'apiKey' && apiKey) return tooMany(requestsWith[apiKey.countedBy], apiKey)
  return 'Too many requests. Please try again later.'
}
