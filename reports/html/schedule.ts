import type { History } from '../../lib/history/index.ts'
import type { Plan } from '../../lib/plan/index.ts'

/** When the requests of the opening bursts were to be sent, and when they were. */
export interface Schedule {
  /** In milliseconds since the history's start: where the plan's zero is put. */
  startMs: number
  fills: ScheduledFill[]
  /** Descriptors with a burst that is not shown: others sent requests of the same kind before the firing. */
  leftOut: string[]
}

/** One burst; its requests in order, thinned out where there are very many. */
export interface ScheduledFill {
  descriptor: string
  /** Since the history's start. */
  plannedMs: number[]
  sentMs: number[]
  /** How much later than planned the latest was. */
  latestMs: number
  /** How many were planned, and how many of them were sent. */
  planned: number
  sent: number
}

/** So many points a burst is shown with. */
const mostPoints = 600

/**
 * Holds the opening bursts of a plan against what was sent. A plan counts from the start of the firing,
 * which no history holds, so its zero is put where the earliest request is on time; what is shown is
 * lateness against that. Pure.
 * @returns undefined where a plan has no burst of requests that only the firing sends: what a key was
 * asked before the firing cannot be told from what the burst asked.
 */
export function scheduleOf(plan: Plan, history: History): Schedule | undefined {
  const kinds = new Map(plan.descriptors.map(({ name, kind }) => [name, kind]))
  const bursts = plan.fills.flatMap((fill) => {
    const index = history.descriptors.findIndex(({ name }) => name === fill.descriptor)
    if (kinds.get(fill.descriptor) === 'list') return []
    const sentMs: number[] = []
    for (let row = 0; row < history.count; row++) {
      if (history.descriptor[row] === index) sentMs.push((history.sentUs[row] as number) / 1000)
    }
    sentMs.sort((one, other) => one - other)
    const planned = Array.from(
      { length: fill.count },
      (_, k) => fill.startMs + (1000 * k) / fill.ratePerSecond,
    )
    return [{ fill, planned, sent: sentMs.slice(0, fill.count) }]
  })
  const offsets = bursts.flatMap(({ planned, sent }) => sent.map((ms, k) => ms - (planned[k] as number)))
  if (offsets.length === 0) return undefined
  const startMs = offsets.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  return {
    startMs,
    leftOut: plan.fills.map(({ descriptor }) => descriptor).filter((name) => kinds.get(name) === 'list'),
    fills: bursts.map(({ fill, planned, sent }) => {
      const late = sent.map((ms, k) => ms - startMs - (planned[k] as number))
      const step = Math.max(1, Math.ceil(sent.length / mostPoints))
      const shown = sent.map((_, k) => k).filter((k) => k % step === 0 || k === sent.length - 1)
      return {
        descriptor: fill.descriptor,
        plannedMs: shown.map((k) => startMs + (planned[k] as number)),
        sentMs: shown.map((k) => sent[k] as number),
        latestMs: late.reduce((most, ms) => Math.max(most, ms), 0),
        planned: fill.count,
        sent: sent.length,
      }
    }),
  }
}
