import fc from 'fast-check'
import { Use } from '../../lib/check/evidence/evidence.ts'
import type { PlayedRequests } from '../../lib/check/forward/requests.ts'
import { LogSchedule, type ScheduledLog } from '../../lib/check/mend/log-schedule.ts'
import { Outcome } from '../../lib/history/index.ts'

// Components of sliding logs that are written by hand, or drawn.

/**
 * `2-8 ok A`: let through at 2 to 8, met and counted by the log A. `2-8 at 5 no bA@b`: scheduled at 5 (else at the
 * beginning), refused by b as its answer says; A has a capital because it counts the refusal. `?`: nobody knows.
 */
export type Told = string

export interface Log {
  limit: number
  windowUs: number
}

export interface Component {
  logs: readonly Log[]
  /** Ascending by when they begin. */
  told: readonly Told[]
}

const outcomes: Record<string, Outcome> = {
  ok: Outcome.accepted,
  no: Outcome.limited,
  '?': Outcome.unknown,
}
const letters = 'abc'
const logOf = (letter: string) => letters.indexOf(letter.toLowerCase())

/** A component as mending is given it, and the instants that it is scheduled at. */
export function scheduled({ logs, told }: Component): {
  requests: PlayedRequests
  logs: ScheduledLog[]
  atUs: Float64Array
} {
  const all = told.map((one) => {
    const [, lo, hi, at, outcome, met, refuser] =
      /^(\d+)-(\d+)(?: at (\d+))? (\S+) ([a-c]+)(?:@([a-c]))?$/i.exec(one) ?? []
    if (lo === undefined || outcome === undefined || met === undefined) throw new Error(one)
    return {
      lo: Number(lo),
      hi: Number(hi),
      at: outcome === '?' ? Number.NaN : Number(at ?? lo),
      outcome: outcomes[outcome] as Outcome,
      met: [...met],
      refuser,
    }
  })
  const column = (of: (one: (typeof all)[number]) => number) => Float64Array.from(all, of)
  const decided = all.filter(({ outcome }) => outcome !== Outcome.unknown)
  return {
    requests: {
      rows: Uint32Array.from(all.keys()),
      loUs: column(({ lo }) => lo),
      hiUs: column(({ hi }) => hi),
      cost: column(() => 1),
      outcome: Uint8Array.from(all, ({ outcome }) => outcome),
      unknown: Uint32Array.from([...all.keys()].filter((i) => all[i]?.outcome === Outcome.unknown)),
      meets: all.map(({ met }) => met.map(logOf)),
      blamed: Int16Array.from(all, ({ refuser }) => (refuser === undefined ? -1 : logOf(refuser))),
      longestUs: Math.max(0, ...decided.map(({ lo, hi }) => hi - lo)),
    },
    logs: logs.map((log, k) => ({
      ...log,
      use: Uint8Array.from(all, ({ outcome, met }) => {
        if (outcome === Outcome.unknown) return Use.maybe
        return met.includes((letters[k] as string).toUpperCase()) ? Use.surely : Use.never
      }),
    })),
    atUs: column(({ at }) => at),
  }
}

export function scheduleOf(component: Component): LogSchedule {
  const { requests, logs, atUs } = scheduled(component)
  return new LogSchedule(requests, logs, atUs)
}

/** A few requests on a coarse grid that up to three logs meet; every answer there can be, and many that cannot. */
export function drawnComponents(shape: {
  requests: number
  spanUs: number
  longestUs: number
  shortestWindowUs?: number
  /** Whether all logs count a refusal that they meet, or none does. */
  countedAlike?: boolean
}): fc.Arbitrary<Component> {
  const log = fc.record({
    limit: fc.integer({ min: 1, max: 3 }),
    windowUs: fc.integer({ min: shape.shortestWindowUs ?? 1, max: 8 }),
  })
  return fc.array(log, { minLength: 1, maxLength: 3 }).chain((logs) => {
    const request = fc.record({
      lo: fc.nat(shape.spanUs),
      took: fc.nat(shape.longestUs),
      share: fc.nat(shape.longestUs),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'no', 'no', 'no', '?'),
      met: fc.shuffledSubarray([...letters].slice(0, logs.length), { minLength: 1 }),
      counting: shape.countedAlike ? fc.constantFrom([], [...letters]) : fc.subarray([...letters]),
      refuser: fc.option(fc.nat(2)),
    })
    return fc.array(request, { maxLength: shape.requests }).map((all) => ({
      logs,
      told: all
        .toSorted((a, b) => a.lo - b.lo)
        .map(({ lo, took, share, outcome, met, counting, refuser }) => {
          const asCounted = met.map((log) =>
            outcome === 'ok' || (outcome === 'no' && counting.includes(log)) ? log.toUpperCase() : log,
          )
          const named = outcome === 'no' && refuser !== null ? `@${met[refuser % met.length]}` : ''
          return `${lo}-${lo + took} at ${lo + Math.min(share, took)} ${outcome} ${asCounted.join('')}${named}`
        }),
    }))
  })
}
