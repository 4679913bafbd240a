import type { IntegrationType } from './integration-types.ts'

/** What one alert of a payload means, before it is known whether it is let in. */
export interface ReadAlert {
  uid?: string
  title: string
  resolves: boolean
  /** The alert's own JSON text. */
  payload: string
}

/** The alerts of a payload, or the reason why it is not one of this type. */
export type ReadPayload = { valid: true; alerts: ReadAlert[] } | { valid: false; why: string }

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

function formatted(fields: Fields, payload: string): ReadAlert {
  const { alert_uid: uid, title, message, state } = fields
  return {
    uid: typeof uid === 'number' ? String(uid) : text(uid),
    title: text(title) ?? text(message) ?? 'Alert',
    resolves: state === 'ok',
    payload,
  }
}

/**
 * One alert of an Alertmanager webhook. Alertmanager names an alert by its fingerprint; where that is
 * missing, its labels do.
 */
function prometheus(alert: Fields): ReadAlert {
  const labels = isObject(alert.labels) ? alert.labels : {}
  return {
    uid: text(alert.fingerprint) ?? JSON.stringify(Object.entries(labels).sort()),
    title: text(labels.alertname) ?? 'Alert',
    resolves: alert.status === 'resolved',
    payload: JSON.stringify(alert),
  }
}

/**
 * Reads the parsed body of an ingestion request (and its text, which is kept as the alert's payload).
 * - `webhook`: any JSON, one alert.
 * - `formatted_webhook`: an object, one alert; `alert_uid`, `title`, `message` and `state` are understood.
 * - `alertmanager`: an object whose `alerts` are the alerts, each an object.
 */
export function readPayload(type: IntegrationType, body: unknown, bodyText: string): ReadPayload {
  if (body === undefined) return { valid: false, why: 'The body is empty; JSON was expected.' }
  if (type === 'webhook') {
    return { valid: true, alerts: [{ title: 'Alert', resolves: false, payload: bodyText }] }
  }
  if (!isObject(body)) return { valid: false, why: 'A JSON object was expected.' }
  if (type === 'formatted_webhook') return { valid: true, alerts: [formatted(body, bodyText)] }

  const { alerts } = body
  if (!Array.isArray(alerts) || !alerts.every(isObject))
    return { valid: false, why: '"alerts" was expected to be a list of objects.' }
  return { valid: true, alerts: alerts.map(prometheus) }
}
