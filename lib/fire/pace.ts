import type { Ration } from '../plan/plan.ts'
import { createRationLedger } from '../plan/ration-ledger.ts'

/** The world of one virtual user that sends its part of a load. Times are milliseconds since the start of the firing. */
export interface PaceStage {
  /** By a clock that nobody can set, with fractions. */
  steadyNow(): number
  /** Calls back once, after so many milliseconds at the earliest. */
  later(waitMs: number, wake: () => void): void
  /** Sends the request at this place of the schedule; resolves when its answer is there, and never rejects. */
  send(descriptor: string, turn: number): Promise<void>
  /** A request of the schedule is sent neither now nor later. */
  dropped(descriptor: string): void
}

/** What one virtual user may do of a load. */
export interface PaceBounds {
  /** It takes every `of`-th request of the schedule, from this one on. */
  first: number
  of: number
  maxInFlight: number
  /** In any second, whatever the schedule says: what a pause has delayed must not come all at once. */
  maxPerSecond: number
  /** After this nothing is sent. */
  deadlineMs: number
  /** What is left to others. Default: nothing. */
  rations?: readonly Ration[]
}

/**
 * Sends every request of a schedule when it is due, whatever has become of those before: no answer is
 * waited for but the last ones. A request that there is no room for when its turn comes is dropped. One
 * whose turn comes late, because the machine paused, is sent late: how late is seen from its record.
 * Resolves when everything that was sent is answered.
 * @param descriptors sent for in turn, over the whole schedule.
 */
export function pace(
  descriptors: readonly string[],
  schedule: Float64Array,
  stage: PaceStage,
  { first, of, maxInFlight, maxPerSecond, deadlineMs, rations = [] }: PaceBounds,
): Promise<void> {
  const ledger = createRationLedger(rations)
  /** When the last requests were sent, as many as may be within a second; a ring. */
  const sentMs = new Float64Array(maxPerSecond).fill(Number.NEGATIVE_INFINITY)

  return new Promise((resolve, reject) => {
    let turn = first
    let inFlight = 0
    let sent = 0

    const mayGo = (descriptor: string, nowMs: number): boolean =>
      nowMs < deadlineMs &&
      inFlight < maxInFlight &&
      maxPerSecond > 0 &&
      nowMs - (sentMs[sent % maxPerSecond] as number) >= 1000 &&
      ledger.freeFromMs(descriptor, nowMs) <= nowMs

    const go = (descriptor: string, nowMs: number): void => {
      sentMs[sent++ % maxPerSecond] = nowMs
      inFlight++
      ledger.sent(descriptor)
      stage.send(descriptor, turn).then(() => {
        ledger.answered(descriptor, stage.steadyNow())
        inFlight--
        if (inFlight === 0 && turn >= schedule.length) resolve()
      }, reject)
    }

    const act = (): void => {
      let nowMs = stage.steadyNow()
      for (; turn < schedule.length && (schedule[turn] as number) <= nowMs; turn += of) {
        const descriptor = descriptors[turn % descriptors.length] as string
        if (mayGo(descriptor, nowMs)) go(descriptor, nowMs)
        else stage.dropped(descriptor)
        nowMs = stage.steadyNow()
      }
      if (turn < schedule.length) stage.later((schedule[turn] as number) - nowMs, act)
      else if (inFlight === 0) resolve()
    }
    act()
  })
}
