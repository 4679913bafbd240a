import type { Witness } from '../../lib/check/replay/replay.ts'
import { type History, Outcome } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import type { Spec } from '../../lib/spec/index.ts'

/**
 * What is wrong with a witness when the limiters that it names are asked in its order, if anything is: the plain
 * way, which shares no more than the limiters with how a witness is replayed before it counts.
 * @param rows the requests that it has to explain.
 */
export function playedOtherwise(
  history: History,
  { limits, clockDriftPpm }: Pick<Spec, 'limits' | 'clockDriftPpm'>,
  { atUs, order, hypotheses, startUs }: Witness,
  rows: readonly number[],
): string | undefined {
  const { count, sentUs, receivedUs, outcome, status, cost, descriptor, descriptors, limitedBy } = history
  const played = [...hypotheses].sort(([one], [other]) => one - other)
  for (const [index, { limit, windowUs }] of played)
    if (limit !== limits[index]?.limit || windowUs !== limits[index].window * 1_000)
      return `limit ${index} is ${limit} in ${windowUs} µs`
  const hierarchy = createHierarchy(
    played.map(([index, { algorithm, limitedRequests, chargedWhenRefused, ...numbers }]) => ({
      name: `${index}`,
      scope: limits[index]?.scope ?? '',
      limitedRequests,
      chargedWhenRefused,
      model: (value) => createLimiter(algorithm, { ...numbers, phaseUs: startUs(index, value) ?? 0 }),
    })),
  )
  const scopesOf = (row: number) => descriptors[descriptor[row] as number]?.scopes ?? {}
  const refusedElsewhere = (row: number) => {
    const scope = history.scopeNames[limitedBy[row] as number] ?? ''
    return Object.hasOwn(scopesOf(row), scope) && limits.every((limit) => limit.scope !== scope)
  }
  const isKnown = (row: number) =>
    outcome[row] !== Outcome.unknown && cost[row] !== 0 && !refusedElsewhere(row)
  const at = (row: number) => atUs[row] as number
  const left = rows.find((row) => isKnown(row) && Number.isNaN(at(row)))
  if (left !== undefined) return `row ${left} is left out`

  const ends = history.events.flatMap((event) => (event.event === 'end' ? event.atUs : []))
  const lastUs = Math.max(...receivedUs.slice(0, count), ...ends)
  const middleUs = (Math.min(...sentUs.slice(0, count)) + lastUs) / 2
  /** A stamp may be off by so much, and a whole microsecond that it is rounded by. */
  const offUs = (us: number) =>
    history.clockSlackMs * 1_000 + (Math.abs(us - middleUs) * clockDriftPpm) / 1e6 + 1
  const isCoarse = (row: number) =>
    limits.some(({ scope, serverClock }) => serverClock === '1s' && Object.hasOwn(scopesOf(row), scope))
  const ofServer = (row: number) => isKnown(row) || (status[row] !== 499 && (status[row] as number) < 502)
  const decided = order ?? rows.filter((row) => !Number.isNaN(at(row))).sort(byInstant)
  /** Where there is no order, what was let through at an instant comes before what was refused then. */
  function byInstant(one: number, other: number): number {
    return (
      at(one) - at(other) ||
      Number(outcome[one] === Outcome.limited) - Number(outcome[other] === Outcome.limited)
    )
  }
  let nowUs = Number.NEGATIVE_INFINITY
  for (const row of decided) {
    const fromUs = (sentUs[row] as number) - offUs(sentUs[row] as number) - (isCoarse(row) ? 1e6 : 0)
    const answeredUs = status[row] !== 0 && ofServer(row) ? (receivedUs[row] as number) : lastUs
    if (at(row) < Math.max(nowUs, fromUs) || at(row) > answeredUs + offUs(answeredUs))
      return `row ${row} is decided at ${at(row)}`
    nowUs = at(row)
    const request = { scopes: scopesOf(row), atUs: nowUs, cost: cost[row] as number }
    const { admitted, refusedBy = -1 } = hierarchy.decide(request)
    if (!isKnown(row)) continue
    if (admitted !== (outcome[row] === Outcome.accepted)) return `row ${row} is answered otherwise`
    const named = history.scopeNames[limitedBy[row] as number]
    const names = named !== undefined && limits.some(({ scope }) => scope === named) && named in scopesOf(row)
    if (!admitted && names && hierarchy.limits[refusedBy]?.scope !== named)
      return `row ${row} is refused by another`
  }
  return undefined
}
