import type { Ration } from './plan.ts'

/** Keeps count of what was sent under rations. Pure: time is an argument, and never goes back. */
export interface RationLedger {
  /**
   * When one more request for a descriptor may go out, if nothing else is sent: `nowMs` where it may
   * at once, `Infinity` where an answer has to come first.
   */
  freeFromMs(descriptor: string, nowMs: number): number
  /** A request goes out. */
  sent(descriptor: string): void
  /** Its answer has come, or was given up. */
  answered(descriptor: string, nowMs: number): void
}

interface Account {
  ration: Ration
  unanswered: number
  /** When requests were answered that may have been decided less than a window ago; in order. */
  answeredMs: number[]
}

/**
 * Makes a ledger. A request may be decided at any time up to its answer, so it counts until a window
 * has passed since that: then no two that are decided within one window are ever more than the
 * ration, however long each of them took.
 */
export function createRationLedger(rations: readonly Ration[]): RationLedger {
  const accounts = rations.map((ration): Account => ({ ration, unanswered: 0, answeredMs: [] }))
  const accountsOf = (descriptor: string) =>
    accounts.filter(({ ration }) => ration.descriptors.includes(descriptor))

  return {
    freeFromMs(descriptor, nowMs) {
      let fromMs = nowMs
      for (const { ration, unanswered, answeredMs } of accountsOf(descriptor)) {
        while (answeredMs.length > 0 && (answeredMs[0] as number) + ration.windowMs <= nowMs)
          answeredMs.shift()
        const over = unanswered + answeredMs.length - ration.most
        if (over < 0) continue
        const leaving = answeredMs[over]
        fromMs = Math.max(
          fromMs,
          leaving === undefined ? Number.POSITIVE_INFINITY : leaving + ration.windowMs,
        )
      }
      return fromMs
    },
    sent(descriptor) {
      for (const account of accountsOf(descriptor)) account.unanswered++
    },
    answered(descriptor, nowMs) {
      for (const account of accountsOf(descriptor)) {
        account.unanswered--
        account.answeredMs.push(nowMs)
      }
    },
  }
}
