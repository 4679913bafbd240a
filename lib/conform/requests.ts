import { bodyFor } from '../fire/bindings.ts'
import { alertBinding, alertTitle, type Fixture } from '../oncall/index.ts'
import type { Asked } from './ask.ts'

/** An alert, as a run fires it: it says that it is a load test. */
export function alertTo(fixture: Fixture, runId: string): Asked {
  const binding = alertBinding(fixture, runId)
  return {
    descriptor: fixture.descriptor,
    kind: 'alert',
    method: 'POST',
    url: binding.url,
    headers: binding.headers,
    body: bodyFor(binding, fixture.descriptor) ?? undefined,
  }
}

/** A payload of Alertmanager with so many alerts, to an integration of that type. */
export function alertsTo(fixture: Fixture, runId: string, count: number): Asked {
  const alerts = Array.from({ length: count }, (_, index) => ({
    status: 'firing',
    labels: { alertname: alertTitle(runId), part: String(index + 1) },
    annotations: {},
    startsAt: new Date(0).toISOString(),
    fingerprint: `onset-${runId}-${fixture.descriptor}`,
  }))
  const payload = {
    version: '4',
    receiver: 'onset',
    status: 'firing',
    groupKey: `onset-${runId}`,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: '',
    alerts,
  }
  return {
    ...alertTo(fixture, runId),
    kind: count > 1 ? 'several-alerts' : 'alert',
    body: JSON.stringify(payload),
  }
}

/** A sign of life of an integration. */
export function heartbeatTo(fixture: Fixture): Asked {
  return {
    descriptor: fixture.descriptor,
    kind: 'heartbeat',
    method: 'POST',
    url: `${fixture.link}heartbeat/`,
  }
}

/** An alert whose body is cut off in the middle of its JSON. */
export function malformedTo(fixture: Fixture, runId: string): Asked {
  return { ...alertTo(fixture, runId), kind: 'malformed', body: '{"title": "Load test by Onset' }
}

/** A look at an ingest address, which is for alerts alone. */
export function getOf(fixture: Fixture): Asked {
  return { descriptor: fixture.descriptor, kind: 'get', method: 'GET', url: fixture.link }
}

/** A page of the list of integrations. */
export function listWith(
  { url, stackUrl }: { url: string; stackUrl?: string },
  descriptor: string,
  authorization: string | undefined,
  query = '?perpage=1',
): Asked {
  return {
    descriptor,
    kind: 'list',
    method: 'GET',
    url: `${url.replace(/\/+$/, '')}/api/v1/integrations/${query}`,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(stackUrl !== undefined && { 'x-grafana-url': stackUrl }),
    },
  }
}
