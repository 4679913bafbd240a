import { createDelayedWork } from './delayed.ts'
import { idMaker } from './ids.ts'

/** Where an alert came in. */
export interface Origin {
  organization: string
  integrationId: string
  routeId: string
}

/** An alert as it was let in. */
export interface Signal {
  origin: Origin
  /** Alerts of one integration with the same one fall into one group; without one, each into its own. */
  uid?: string
  title: string
  /** Does it say that what it alerted about is over? */
  resolves: boolean
  /** The alert's JSON text. */
  payload: string
}

export interface Alert {
  id: string
  groupId: string
  createdMs: number
  payload: string
}

export interface AlertGroup extends Origin {
  id: string
  uid?: string
  title: string
  createdMs: number
  alertsCount: number
  lastAlertId: string
  resolvedMs?: number
  acknowledgedMs?: number
  /** Silent until then; Infinity for good. */
  silencedUntilMs?: number
}

export const groupStates = ['new', 'acknowledged', 'resolved', 'silenced'] as const
export type GroupState = (typeof groupStates)[number]

/** The state of a group at an instant: a silence ends by itself. */
export function groupState(group: AlertGroup, nowMs: number): GroupState {
  if (group.resolvedMs !== undefined) return 'resolved'
  if (group.acknowledgedMs !== undefined) return 'acknowledged'
  return (group.silencedUntilMs ?? 0) > nowMs ? 'silenced' : 'new'
}

/**
 * Alerts and their groups, in memory. Bounded: beyond `maxStored` the oldest groups, and the oldest
 * alerts' contents, are forgotten. A group's count stays true when its alerts are forgotten.
 */
export interface AlertStore {
  /** Takes an alert in; it appears in its group after the processing delay. */
  receive(signal: Signal, nowMs: number): void
  /** Lets everything happen that is due; to be called before reading. */
  advance(nowMs: number): void
  /** The groups of an organization, newest first. */
  groups(organization: string): AlertGroup[]
  group(organization: string, id: string): AlertGroup | undefined
  /** How many alerts a group is said to have. */
  count(group: AlertGroup, nowMs: number): number
  alert(id: string): Alert | undefined
  /** The alerts of an organization, newest first; only those of one group, if one is named. */
  alerts(organization: string, groupId?: string): Alert[]
  resolve(group: AlertGroup, nowMs: number): void
  /** After the processing delay: `delete` removes the group and its alerts, `wipe` only their contents. */
  remove(group: AlertGroup, mode: 'wipe' | 'delete', nowMs: number): void
}

/** What is kept at most. */
export const maxStored = { groups: 10_000, alerts: 10_000, payloadBytes: 64 * 1024 * 1024 }

/** An empty store, in which an accepted alert appears after `processingDelayMs`. */
export function createAlertStore(processingDelayMs: number): AlertStore {
  const work = createDelayedWork(processingDelayMs)
  const groups = new Map<string, AlertGroup>()
  const openGroups = new Map<string, AlertGroup>()
  const alerts = new Map<string, Alert>()
  const groupId = idMaker('I')
  const alertId = idMaker('A')
  let payloadBytes = 0

  const openKey = (integrationId: string, uid: string) => `${integrationId} ${uid}`

  function close(group: AlertGroup): void {
    if (group.uid === undefined) return
    const key = openKey(group.integrationId, group.uid)
    if (openGroups.get(key) === group) openGroups.delete(key)
  }

  function forgetGroup(group: AlertGroup): void {
    close(group)
    groups.delete(group.id)
  }

  function forgetAlert(alert: Alert): void {
    alerts.delete(alert.id)
    payloadBytes -= alert.payload.length
  }

  function forgetOldest(): void {
    while (groups.size > maxStored.groups) forgetGroup(groups.values().next().value as AlertGroup)
    while (alerts.size > maxStored.alerts || payloadBytes > maxStored.payloadBytes)
      forgetAlert(alerts.values().next().value as Alert)
  }

  function resolve(group: AlertGroup, nowMs: number): void {
    group.resolvedMs = nowMs
    close(group)
  }

  function openGroup({ origin, uid, title }: Signal, createdMs: number): AlertGroup {
    const group = { ...origin, id: groupId(), uid, title, createdMs, alertsCount: 0, lastAlertId: '' }
    groups.set(group.id, group)
    if (uid !== undefined) openGroups.set(openKey(origin.integrationId, uid), group)
    return group
  }

  function process(signal: Signal, receivedMs: number): void {
    const { origin, uid, payload } = signal
    const open = uid === undefined ? undefined : openGroups.get(openKey(origin.integrationId, uid))
    const group = open ?? openGroup(signal, receivedMs)
    const alert = { id: alertId(), groupId: group.id, createdMs: receivedMs, payload }
    alerts.set(alert.id, alert)
    payloadBytes += payload.length
    group.alertsCount++
    group.lastAlertId = alert.id
    if (signal.resolves) resolve(group, receivedMs)
    forgetOldest()
  }

  function take(group: AlertGroup, mode: 'wipe' | 'delete'): void {
    const own = [...alerts.values()].filter((alert) => alert.groupId === group.id)
    if (mode === 'delete') {
      forgetGroup(group)
      own.forEach(forgetAlert)
      return
    }
    group.title = ''
    for (const alert of own) {
      payloadBytes -= alert.payload.length - 2
      alert.payload = '{}'
    }
  }

  return {
    receive: (signal, nowMs) => work.add(nowMs, signal.payload.length, () => process(signal, nowMs)),
    advance: work.advance,
    groups: (organization) =>
      [...groups.values()].filter((group) => group.organization === organization).reverse(),
    group(organization, id) {
      const group = groups.get(id)
      return group?.organization === organization ? group : undefined
    },
    count: ({ alertsCount }) => alertsCount,
    alert: (id) => alerts.get(id),
    alerts: (organization, ofGroup) =>
      [...alerts.values()]
        .filter(({ groupId }) =>
          ofGroup === undefined
            ? groups.get(groupId)?.organization === organization
            : groupId === ofGroup && groups.get(groupId)?.organization === organization,
        )
        .reverse(),
    resolve,
    remove: (group, mode, nowMs) => work.add(nowMs, 0, () => take(group, mode)),
  }
}
