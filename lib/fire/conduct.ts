import type { Ration } from '../plan/plan.ts'
import { createRationLedger } from '../plan/ration-ledger.ts'
import type { Watch, WatchAnswer, WatchSend } from '../plan/watch.ts'

/** The world of a watch, as its conductor needs it. Times are milliseconds since the start of the firing. */
export interface Stage {
  now(): number
  /** The same by a clock that nobody can set, by which what is never to be passed is kept. Default: `now`. */
  steadyNow?(): number
  /** Calls back once, after so many milliseconds at the earliest; returns what takes it back. */
  later(waitMs: number, wake: () => void): () => void
  /** Sends one request; resolves with its answer, whatever that is, and never rejects. */
  send(request: WatchSend): Promise<Omit<WatchAnswer, 'nowMs'>>
  dropped(descriptor: string, count: number): void
}

/** What may never be passed, whatever the watch says. */
export interface Ceiling {
  maxRequests: number
  maxRatePerSecond: number
  /** After this nothing is sent, from the start of the firing. */
  deadlineMs: number
  /** What is left to others. Default: nothing. */
  rations?: readonly Ration[]
}

/**
 * Carries out a watch: sends what is due, tells it every answer, and asks again when it said, or at
 * the next answer, whichever comes first. What the ceiling on the rate or a ration forbids is sent
 * later; once the ceiling on the count or the deadline is reached, nothing is.
 * @returns whether the watch was done by itself, after its last answer has come.
 */
export function conduct(watch: Watch, stage: Stage, ceiling: Ceiling): Promise<{ settled: boolean }> {
  return new Promise((resolve, reject) => {
    const perSecond = Math.max(1, Math.floor(ceiling.maxRatePerSecond))
    const lastSecond: number[] = []
    const ledger = createRationLedger(ceiling.rations ?? [])
    const steadyNow = () => (stage.steadyNow ? stage.steadyNow() : stage.now())
    const waiting: WatchSend[] = []
    let inFlight = 0
    let sent = 0
    let broken = false
    let takeBack: (() => void) | undefined

    const guarded = (act: () => void): void => {
      if (broken) return
      try {
        act()
      } catch (error) {
        broken = true
        takeBack?.()
        reject(error)
      }
    }

    const fly = (request: WatchSend): void => {
      inFlight++
      sent++
      ledger.sent(request.descriptor)
      stage.send(request).then(
        (answer) =>
          guarded(() => {
            inFlight--
            ledger.answered(request.descriptor, steadyNow())
            watch.answered({ ...answer, nowMs: stage.now() })
            turn()
          }),
        (error: unknown) =>
          guarded(() => {
            throw error
          }),
      )
    }

    /** Sends what may be sent; when the rate or a ration forbids the rest, says when it may go on. */
    const release = (nowMs: number): number | undefined => {
      const steadyMs = steadyNow()
      while (lastSecond.length > 0 && (lastSecond[0] as number) <= steadyMs - 1000) lastSecond.shift()
      while (waiting.length > 0 && sent < ceiling.maxRequests) {
        if (lastSecond.length >= perSecond) return nowMs + (lastSecond[0] as number) + 1000 - steadyMs
        const request = waiting[0] as WatchSend
        const freeMs = ledger.freeFromMs(request.descriptor, steadyMs)
        // Where an answer has to come first, that answer brings the next turn.
        if (freeMs > steadyMs) return nowMs + freeMs - steadyMs
        lastSecond.push(steadyMs)
        waiting.shift()
        fly(request)
      }
      return undefined
    }

    const turn = (): void => {
      takeBack?.()
      takeBack = undefined
      const nowMs = stage.now()
      let nextMs: number | undefined
      if (nowMs < ceiling.deadlineMs && sent < ceiling.maxRequests) {
        waiting.push(...watch.due(nowMs))
        for (const { descriptor, count } of watch.takeDropped()) stage.dropped(descriptor, count)
        const releaseMs = release(nowMs)
        const dueMs = watch.done ? undefined : watch.nextDueMs(nowMs)
        nextMs = releaseMs === undefined ? dueMs : Math.min(releaseMs, dueMs ?? releaseMs)
      }
      if (nextMs !== undefined) {
        const waitMs = Math.max(0, Math.min(nextMs, ceiling.deadlineMs) - stage.now())
        takeBack = stage.later(waitMs, () => guarded(turn))
      } else if (inFlight === 0) {
        resolve({ settled: watch.done && waiting.length === 0 })
      }
    }
    guarded(turn)
  })
}
