import type { Binding } from '../fire/bindings.ts'
import { alertMessage, alertTitle, alertUid } from './alert-words.ts'
import type { OncallOptions } from './api.ts'
import type { Fixture } from './fixtures.ts'
import { ingestAt } from './ingest-at.ts'

/**
 * An alert to an integration. All alerts of one integration and run have the same `alert_uid`, so that
 * OnCall puts them into one alert group, whose count must reach the number accepted; the words say to
 * whoever finds it that it is a load test, and of which run.
 * @param replicas further addresses of the target, where alerts go as well.
 * @param detailsUrl where people can read more about this test; it is handed on with each alert.
 */
export function alertBinding(
  { link, descriptor }: Pick<Fixture, 'link' | 'descriptor'>,
  runId: string,
  replicas: readonly string[] = [],
  detailsUrl?: string,
): Binding {
  return {
    url: link,
    ...(replicas.length > 0 && { replicas: replicas.map((base) => ingestAt(link, base)) }),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      alert_uid: alertUid(runId, descriptor),
      title: alertTitle(runId),
      state: 'alerting',
      message: alertMessage(runId, descriptor),
      ...(detailsUrl === undefined ? {} : { link_to_upstream_details: detailsUrl }),
    }),
  }
}

/** A page of the list of alert groups, as an API client reads it. */
export function listBinding({
  url,
  apiKey,
  stackUrl,
  replicas = [],
}: Pick<OncallOptions, 'url' | 'apiKey' | 'stackUrl'> & { replicas?: readonly string[] }): Binding {
  const listAt = (base: string) => `${base.replace(/\/+$/, '')}/api/v1/alert_groups/`
  return {
    url: listAt(url),
    ...(replicas.length > 0 && { replicas: replicas.map(listAt) }),
    method: 'GET',
    headers: {
      authorization: apiKey,
      accept: 'application/json',
      ...(stackUrl === undefined ? {} : { 'x-grafana-url': stackUrl }),
    },
  }
}
