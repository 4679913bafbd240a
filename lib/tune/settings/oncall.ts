import type { CandidateLimit } from '../candidate.ts'
import { durationWord, type Setting } from './setting.ts'

/** What OnCall calls the scopes. */
const names: Readonly<Record<string, string>> = {
  integration: 'integration',
  organization: 'organization',
  apiKey: 'public_api',
}

/**
 * The variable `CUSTOM_RATELIMITS` of a self-hosted OnCall, of which no more is documented than that it
 * holds JSON, keyed by the number of an organization, with limits such as `300/5m` for an integration, an
 * organization and the public API; undefined where other scopes are limited, or one of them twice.
 */
export function oncallSetting(limits: readonly CandidateLimit[]): Setting | undefined {
  const scopes = limits.map(({ scope }) => scope)
  if (scopes.some((scope) => !Object.hasOwn(names, scope)) || new Set(scopes).size < scopes.length)
    return undefined
  const ofOrganization = Object.fromEntries(
    limits.map(({ scope, limit, windowMs }) => [names[scope], `${limit}/${durationWord(windowMs)}`]),
  )
  const otherWindows = limits.some(({ windowMs }) => windowMs !== 300_000)
  return {
    platform: 'Grafana OnCall, self-hosted',
    file: 'oncall.env',
    text: `CUSTOM_RATELIMITS=${JSON.stringify({ 1: ofOrganization })}\n`,
    amountsTo: undefined,
    remarks: [
      'Put the number of your organization in the place of the 1.',
      'By which algorithm OnCall counts is not documented: onset verify finds out.',
      ...(otherWindows
        ? ['Only windows of 5m are documented: whether others are understood, onset verify shows.']
        : []),
    ],
  }
}
