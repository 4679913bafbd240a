import type { Behaviour } from '../behaviour.ts'
import type { AlertStore } from '../store/alerts.ts'
import type { Directory } from '../store/directory.ts'
import type { Faults } from './config.ts'
import { doubleAlerts } from './double-alerts.ts'
import { hideRetryAfter } from './hide-retry-after.ts'
import { loseAlerts } from './lose-alerts.ts'
import { notifyAnyway } from './notify-anyway.ts'
import { staleCounts } from './stale-counts.ts'
import { takeInRefused } from './take-in-refused.ts'

export { type Disturbance, type Faults, faultsSchema } from './config.ts'
export { isHandled, sendDisturbed } from './disturbed-answer.ts'
export { createDisturber, type Disturber, type Side } from './disturber.ts'

/** The behaviour with the faults of a configuration; the same where it has none. */
export function faultyBehaviour(behaviour: Behaviour, faults: Faults): Behaviour {
  let faulty = behaviour
  if (faults.takeInRefusedOneIn) faulty = takeInRefused(faulty, faults.takeInRefusedOneIn)
  if (faults.doubleOneIn) faulty = doubleAlerts(faulty, faults.doubleOneIn)
  if (faults.loseOneIn) faulty = loseAlerts(faulty, faults.loseOneIn)
  if (faults.hideRetryAfter) faulty = hideRetryAfter(faulty)
  return faulty
}

/** The alerts as a faulty target shows them. */
export function faultyAlerts(store: AlertStore, { staleCountsMs }: Faults): AlertStore {
  return staleCountsMs === undefined ? store : staleCounts(store, staleCountsMs)
}

/** The routes of a faulty target. */
export function faultyDirectory(directory: Directory, faults: Faults): Directory {
  return faults.notifyAnyway ? notifyAnyway(directory) : directory
}
