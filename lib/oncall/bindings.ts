import type { Binding } from '../fire/bindings.ts'
import type { OncallOptions } from './api.ts'
import type { Fixture } from './fixtures.ts'

/**
 * An alert to an integration of ours. All alerts of one integration and run have the same
 * `alert_uid`, so that OnCall puts them into one alert group, whose count must reach the number
 * accepted; the words say to whoever finds it that it is a load test, and of which run.
 */
export function alertBinding(fixture: Fixture, runId: string): Binding {
  return {
    url: fixture.link,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      alert_uid: `onset-${runId}-${fixture.descriptor}`,
      title: `Load test by Onset, run ${runId}: no action needed`,
      state: 'alerting',
      message: `Request {request} through integration ${fixture.descriptor} of run ${runId}.`,
    }),
  }
}

/** A page of the list of alert groups, as an API client reads it. */
export function listBinding({
  url,
  apiKey,
  stackUrl,
}: Pick<OncallOptions, 'url' | 'apiKey' | 'stackUrl'>): Binding {
  return {
    url: `${url.replace(/\/+$/, '')}/api/v1/alert_groups/`,
    method: 'GET',
    headers: {
      authorization: apiKey,
      accept: 'application/json',
      ...(stackUrl === undefined ? {} : { 'x-grafana-url': stackUrl }),
    },
  }
}
