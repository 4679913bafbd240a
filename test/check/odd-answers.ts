import {
  type EventInput,
  type History,
  historyFromRecords,
  Outcome,
  outcomeOf,
  type RecordInput,
  type Scopes,
} from '../../lib/history/index.ts'
import type { Hierarchy } from '../../lib/limiters/index.ts'
import type { OutcomeRule } from '../../lib/spec/index.ts'
import type { Drawing } from './drawing.ts'
import type { Planned } from './drawn-requests.ts'
import type { Client } from './odd-clients.ts'

/** A request by somebody whom the history does not show. */
export interface Hidden {
  scopes: Scopes
  cost: number
  atUs: number
}

/** What lies between a client and the server, and between the server's clock and the client's. */
export interface Circumstances {
  descriptors: readonly { name: string; scopes: Scopes }[]
  rule: OutcomeRule
  /** The longest way there, and back. */
  latencyUs: number
  /** After so long a client gives up. */
  patienceUs: number
  /** The share of requests that get no answer, one that neither admits nor refuses, or one by a limit outside the spec. */
  shares: { lost: number; otherwise: number; elsewhere: number }
  /** The share of requests that cost nothing, and whether limits are asked about these. */
  free: { share: number; asked: boolean }
  /** The share of refusals that name the scope. */
  named: number
  /** What the server's clock shows at an instant of the client's. */
  serverUs: (clientUs: number) => number
  /** The client's stamps are rounded down to this. */
  slackMs: number
  hidden: readonly Hidden[]
  /** So many requests that were decided first are not in the history. */
  cutOff: number
  /** Each request is missing in the history with this probability, which then has no end or says that lines were skipped. */
  missing: { share: number; as: 'torn' | 'skipped' }
  /** Where the client's clock was set, and by how much. */
  step?: { atUs: number; byUs: number; stampedAfter: boolean }
  dropped: boolean
  shuffledRows: boolean
}

/** What becomes of a request on its way; the status is the limits' own where there is none. */
interface Fate {
  decided: 'in time' | 'late' | 'never'
  status?: number
  limitedBy?: string
}

/** What is recorded of a request, and as which of all it was decided: Infinity where it never was. */
interface Recorded extends RecordInput {
  place: number
}

/** A request that the server is going to decide. */
interface Due {
  atUs: number
  decide: () => void
}

const letThrough = { admitted: true, refusedBy: undefined }

/** What a client records of a server that has these limits. */
export function historyOf(
  draw: Drawing,
  client: Client,
  hierarchy: Hierarchy,
  circumstances: Circumstances,
): History {
  const { random, chance, oneOf } = draw
  const { descriptors, rule, latencyUs, serverUs, hidden } = circumstances
  const outcome = outcomeOf(rule)
  const having = (met: Outcome, statuses: readonly number[]) => statuses.filter((one) => outcome(one) === met)
  const answers = {
    accepted: having(Outcome.accepted, [200, 200, 201, 404, 500]),
    limited: having(Outcome.limited, [429, 429, 503]),
    byProxies: having(Outcome.unknown, [499, 502, 503, 504, 520]),
    byServer: having(Outcome.unknown, [302, 400, 404, 500, 501]),
  }
  const due: Due[] = hidden.map(({ scopes, cost, atUs }) => ({
    atUs,
    decide: () => void hierarchy.decide({ scopes, cost, atUs: serverUs(atUs) }),
  }))
  const records: Recorded[] = []
  let decisions = 0

  function fateOf(scopes: Scopes): Fate {
    const { lost, otherwise, elsewhere } = circumstances.shares
    if (chance(lost)) return { decided: oneOf(['in time', 'late', 'never']), status: 0 }
    if (chance(otherwise / 2))
      return { decided: oneOf(['in time', 'late', 'never']), status: oneOf(answers.byProxies) }
    if (chance(otherwise / 2))
      return { decided: oneOf(['in time', 'never']), status: oneOf(answers.byServer) }
    if (Object.hasOwn(scopes, 'address') && chance(elsewhere))
      return { decided: oneOf(['in time', 'never']), status: oneOf(answers.limited), limitedBy: 'address' }
    return { decided: 'in time' }
  }

  function send({ descriptor, cost: planned, atUs }: Planned): RecordInput {
    const { free } = circumstances
    const cost = free.share > 0 && chance(free.share) ? 0 : planned
    const isAsked = cost > 0 || free.asked
    const scopes = descriptors.find(({ name }) => name === descriptor)?.scopes as Scopes
    const fate = fateOf(scopes)
    const onTimeUs = atUs + Math.round(latencyUs * random() ** 2)
    const backUs = onTimeUs + Math.round(latencyUs * random() ** 2)
    const receivedUs = fate.status === 0 ? Math.max(backUs, atUs + circumstances.patienceUs) : backUs
    const decidedUs =
      fate.decided === 'late'
        ? receivedUs + Math.round(20 * circumstances.patienceUs * random() ** 2)
        : onTimeUs
    const { status, limitedBy } = fate
    const record: Recorded = {
      descriptor,
      cost,
      sentUs: atUs,
      receivedUs,
      outcome: status === undefined ? Outcome.unknown : outcome(status),
      status,
      limitedBy,
      place: Number.POSITIVE_INFINITY,
    }
    records.push(record)
    if (fate.decided === 'never') return record
    const decide = () => {
      record.place = decisions++
      const request = { scopes, cost, atUs: serverUs(decidedUs) }
      const { admitted, refusedBy } = isAsked ? hierarchy.decide(request) : letThrough
      if (fate.status !== undefined) return
      record.outcome = admitted ? Outcome.accepted : Outcome.limited
      record.status = oneOf(admitted ? answers.accepted : answers.limited)
      if (refusedBy !== undefined && chance(circumstances.named))
        record.limitedBy = hierarchy.limits[refusedBy]?.scope
    }
    due.push({ atUs: decidedUs, decide })
    return record
  }

  /** Decides what is due up to an instant, in the order of time; what is due at once in any. */
  function decideUpTo(us: number): void {
    const now = due.filter(({ atUs }) => atUs <= us)
    const later = due.filter(({ atUs }) => atUs > us)
    due.splice(0, due.length, ...later)
    if (chance(0.5)) now.reverse()
    for (const { decide } of now.sort((a, b) => a.atUs - b.atUs)) decide()
  }

  let batch = client.next([])
  while (!batch.done) {
    const sent = batch.value.map(send)
    const lastUs = Math.max(...sent.map(({ receivedUs }) => receivedUs))
    decideUpTo(lastUs)
    batch = client.next(sent.map((record) => ({ outcome: record.outcome, receivedUs: record.receivedUs })))
  }
  decideUpTo(Number.POSITIVE_INFINITY)
  return recorded(draw, records, circumstances)
}

/** The history as it was written: stamped by the client's clock, and perhaps not whole. */
function recorded(
  { chance, whole }: Drawing,
  all: readonly Recorded[],
  { descriptors, slackMs, cutOff, missing, step, dropped, shuffledRows }: Circumstances,
): History {
  const kept = all.filter(({ place }) => place >= cutOff && !chance(missing.share))
  const grainUs = slackMs * 1_000
  const stamp = (us: number) => {
    const shown = step && us >= step.atUs ? us + step.byUs : us
    return grainUs > 0 ? Math.floor(shown / grainUs) * grainUs : shown
  }
  const stamped = kept.map(({ place: _, sentUs, receivedUs, ...record }) => ({
    ...record,
    sentUs: stamp(sentUs),
    receivedUs: stamp(receivedUs),
  }))
  // What seems to be answered before it was sent is no record.
  const records = stamped.filter(({ sentUs, receivedUs }) => receivedUs >= sentUs)
  if (!shuffledRows) records.sort((a, b) => a.sentUs - b.sentUs)
  const events: EventInput[] = []
  if (step)
    events.push({
      event: 'clock-step',
      atUs: step.atUs + (step.stampedAfter ? step.byUs : 0),
      byMs: step.byUs / 1_000,
    })
  if (dropped)
    events.push({ event: 'dropped', descriptor: descriptors[0]?.name ?? '', count: whole(1, 9), atUs: 0 })
  const torn = missing.share > 0 && missing.as === 'torn'
  const history = historyFromRecords({ descriptors, clockSlackMs: slackMs, torn, events }, records)
  const skipped = stamped.length - records.length + (missing.as === 'skipped' ? all.length - kept.length : 0)
  return { ...history, skipped: missing.share > 0 || stamped.length > records.length ? skipped : 0 }
}
