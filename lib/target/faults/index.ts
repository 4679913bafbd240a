import { type Behaviour, correctBehaviour, enforcedLimits } from '../behaviour.ts'
import type { TargetConfig } from '../config.ts'
import type { SpoilPage } from '../http/page.ts'
import type { AlertStore } from '../store/alerts.ts'
import type { Directory } from '../store/directory.ts'
import { cachedRefusals } from './cached-refusals.ts'
import type { Faults } from './config.ts'
import { doubleAlerts } from './double-alerts.ts'
import { emptyRefusals } from './empty-refusals.ts'
import { hideRetryAfter } from './hide-retry-after.ts'
import { letInWithoutKey } from './let-in-without-key.ts'
import { loseAlerts } from './lose-alerts.ts'
import { answeringWhenWritten, losingUpdates } from './lost-updates.ts'
import { newestFirst } from './newest-first.ts'
import { notifyAnyway } from './notify-anyway.ts'
import { showOtherOrganizations } from './show-other-organizations.ts'
import { spoilPage } from './spoil-page.ts'
import { staleCounts } from './stale-counts.ts'
import { takeInRefused } from './take-in-refused.ts'
import { untrueFields } from './untrue-fields.ts'
import { untrueRetryAfter } from './untrue-retry-after.ts'

export { type Disturbance, type Faults, faultsSchema } from './config.ts'
export { isHandled, sendDisturbed } from './disturbed-answer.ts'
export { createDisturber, type Disturber, type Side } from './disturber.ts'

/** The behaviour that a configuration describes, with its faults; the correct one where it has none. */
export function behaviourOf(config: TargetConfig): Behaviour {
  const { faults } = config
  const { lostUpdates } = faults
  let limits = enforcedLimits(config)
  if (lostUpdates) limits = limits.map((limit) => losingUpdates(limit, lostUpdates.pauseMs))
  let behaviour = correctBehaviour(config, limits)
  if (lostUpdates) behaviour = answeringWhenWritten(behaviour, lostUpdates.pauseMs)
  if (faults.takeInRefusedOneIn) behaviour = takeInRefused(behaviour, faults.takeInRefusedOneIn)
  if (faults.doubleOneIn) behaviour = doubleAlerts(behaviour, faults.doubleOneIn)
  if (faults.loseOneIn) behaviour = loseAlerts(behaviour, faults.loseOneIn)
  if (faults.rateLimitFields) behaviour = untrueFields(behaviour, faults.rateLimitFields)
  if (faults.retryAfter) {
    const { form = config.retryAfter.form, times } = faults.retryAfter
    behaviour = untrueRetryAfter(behaviour, form, times)
  }
  if (faults.hideRetryAfter) behaviour = hideRetryAfter(behaviour)
  if (faults.emptyRefusals) behaviour = emptyRefusals(behaviour)
  if (faults.cachedRefusals) behaviour = cachedRefusals(behaviour)
  return behaviour
}

/** The alerts as a faulty target shows them. */
export function faultyAlerts(store: AlertStore, { staleCountsMs }: Faults): AlertStore {
  return staleCountsMs === undefined ? store : staleCounts(store, staleCountsMs)
}

/** What a faulty target makes of the pages of its lists; undefined where it leaves them as they are. */
export function faultyPages({ pages }: Faults): SpoilPage | undefined {
  return pages && spoilPage(pages)
}

/** Who and what exists in a faulty target, as it sees that. */
export function faultyDirectory(
  directory: Directory,
  { faults, users, organizations }: TargetConfig,
): Directory {
  let faulty = directory
  if (faults.notifyAnyway) faulty = notifyAnyway(faulty)
  if (faults.pages?.newestFirst) faulty = newestFirst(faulty)
  if (faults.letInWithoutKey) faulty = letInWithoutKey(faulty, users[0])
  if (faults.showOtherOrganizations)
    faulty = showOtherOrganizations(
      faulty,
      organizations.map(({ id }) => id),
    )
  return faulty
}
