import { Outcome } from '../../history/history.ts'
import { seededRandom } from '../../simulate/random.ts'
import { type Evidence, Use } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { PlayedComponent } from '../forward/played-component.ts'
import type { PlayedRequests } from '../forward/requests.ts'
import type { Allowance } from '../order/allowance.ts'
import type { Witness } from '../replay/replay.ts'
import { firstSchedule } from './first-schedule.ts'
import { LogSchedule, type ScheduledLog } from './log-schedule.ts'
import { mend } from './mend.ts'

/** Logs are told by bits. */
const mostLogs = 30

/** One limiter of a component, with what is assumed of it. */
interface MendedAssumed {
  hypothesis: Hypothesis
  evidence: Evidence
}

/**
 * Looks for a witness where all limiters are sliding logs: gives every request an instant, and then mends what that
 * explains wrongly. What it returns has been replayed through the plain models; that it returns nothing
 * proves nothing. The same question always has the same answer.
 * @returns nothing, at once, for requests of different costs, and where it depends on the order of requests whether
 * a log counts one of them.
 */
export function witnessByMending(
  component: PlayedComponent,
  assumed: readonly MendedAssumed[],
  allowance: Allowance,
): Witness | undefined {
  const { requests } = component
  const logs = scheduledLogs(requests, assumed)
  if (!logs || allowance.left <= 0) return undefined
  const schedule = new LogSchedule(requests, logs, firstSchedule(requests, logs))
  if (!mend(schedule, seededRandom(requests.rows.length), allowance)) return undefined
  return component.witness(schedule.order(), schedule.atUs, [])
}

/** The limiters as logs; `undefined` where they cannot be looked at so. */
function scheduledLogs(
  requests: PlayedRequests,
  assumed: readonly MendedAssumed[],
): ScheduledLog[] | undefined {
  const { cost, outcome, rows } = requests
  const unitCost = cost[0] ?? 1
  if (assumed.length > mostLogs || cost.some((c) => c !== unitCost)) return undefined
  const logs: ScheduledLog[] = []
  for (const { hypothesis, evidence } of assumed) {
    const limit = Math.floor(hypothesis.limit / unitCost)
    if (hypothesis.algorithm !== 'sliding-log' || limit < 1) return undefined
    const useOf = new Map(Array.from(evidence.rows, (row, k) => [row, evidence.use[k] as number]))
    const use = Uint8Array.from(rows, (row) => useOf.get(row) ?? Use.never)
    if (use.some((one, i) => one === Use.maybe && outcome[i] !== Outcome.unknown)) return undefined
    logs.push({ limit, windowUs: hypothesis.windowUs, use })
  }
  return logs
}
