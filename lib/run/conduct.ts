import type { Bindings } from '../fire/index.ts'
import type { HistoryRecord } from '../history/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Course } from './fire-plan.ts'

/** The least and the most time until all that was accepted was visible; the most is missing where that was not seen. */
export type Lag = readonly [number, number | undefined]

/** A target that is ready to be fired at, as often as somebody wants. Everything is recorded. */
export interface Site {
  /** Where requests go, secrets included. */
  bindings: Bindings
  /** Aborted when the run is to end. */
  signal: AbortSignal
  /**
   * Fires a plan. Its descriptors are among those of the run's own plan.
   * @param onRecord called for each request; its `request` is told apart from those of other firings.
   */
  fire(plan: Plan, onRecord: (record: HistoryRecord) => void): Promise<Course>
  /** Records a request that somebody else has made for this run. */
  record(record: HistoryRecord): void
  /**
   * Waits until all alerts that were accepted so far are visible, or too much time has passed. Missing
   * where there are no alerts, or nobody wants to know.
   * @param course how the last firing went.
   */
  lag?(course: Course): Promise<Lag | undefined>
}

/** Fires, one plan after another, and says at the end how the run went. */
export type Conduct = (site: Site) => Promise<Course>
