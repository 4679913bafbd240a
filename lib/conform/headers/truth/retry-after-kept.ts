import type { Answer } from '../answer.ts'
import { waitMs } from '../fields/retry-after.ts'
import type { Observed } from '../observed.ts'
import { counted } from '../rule.ts'
import { cannotTell, type Judgement } from './claim.ts'
import type { Measured } from './measured.ts'

/** From when on a refusal invites the client to come back, on the client's clock. */
interface Invitation {
  seen: Observed
  leastMs: number
  mostMs: number
}

/** What two claims about `Retry-After` are judged by. */
export interface RetryAfterKept {
  suffices: Judgement
  needed: Judgement
}

const probeAfter = 'a single request just after Retry-After, with none between it and the refusals'
const probeBefore = 'a single request some seconds before Retry-After'

/**
 * Is a request after `Retry-After` accepted, and none before it? Whole seconds and the time on the way are
 * allowed for. A refused request contradicts the invitations before it only if it was sent after all of
 * them, nothing but refusals came since, nothing was in flight beside it, and one limiter refused them all.
 * All requests are taken to be alike in cost.
 */
export function retryAfterKept(answers: readonly Answer[], measured: Measured): RetryAfterKept {
  const invitations = new Map(answers.flatMap(invitationOf).map((each) => [each.seen, each]))
  if (invitations.size === 0) {
    const none = cannotTell('no refusal has a Retry-After that can be read', 'refusals that have one')
    return { suffices: none, needed: none }
  }
  const seen = answers.map((answer) => answer.seen)
  const after: Trial[] = []
  const before: Trial[] = []
  for (const scope of new Set(seen.flatMap(({ scopes }) => scopes))) {
    const requests = seen.filter(({ scopes }) => scopes.includes(scope))
    tryScope(scope, requests, invitations, after, before)
  }
  return { suffices: suffices(after, measured), needed: needed(before) }
}

/** A request, and the refusal whose invitation it tries. */
interface Trial {
  invited: Invitation
  probe: Observed
  /** Is it beyond doubt that the limiter which invited is the one that it met, and that refused it if it was? */
  isCertain: boolean
}

function invitationOf({ seen, retryAfter, dateMs }: Answer): Invitation[] {
  const wait = waitMs(retryAfter, dateMs)
  if (seen.outcome !== 'limited' || !wait) return []
  return [{ seen, leastMs: seen.sentMs + wait[0], mostMs: seen.receivedMs + wait[1] }]
}

/** Goes through the requests that meet one limiter, in their order, and tries each against the refusals before. */
function tryScope(
  scope: string,
  requests: readonly Observed[],
  invitations: ReadonlyMap<Observed, Invitation>,
  after: Trial[],
  before: Trial[],
): void {
  const sorted = [...requests].sort((one, other) => one.sentMs - other.sentMs)
  // Of the refusals since something else came.
  let latest: Invitation | undefined
  let isCertain = true
  let busyUntilMs = Number.NEGATIVE_INFINITY
  sorted.forEach((probe, index) => {
    const nextMs = sorted[index + 1]?.sentMs ?? Number.POSITIVE_INFINITY
    const isAlone = probe.sentMs >= busyUntilMs && nextMs >= probe.receivedMs
    busyUntilMs = Math.max(busyUntilMs, probe.receivedMs)
    const refuser = refuserOf(probe)
    const isOthers = refuser !== undefined && refuser !== scope
    if (isAlone && latest && !isOthers) {
      const isKnown = isCertain && (probe.outcome !== 'limited' || refuser === scope)
      const trial = { invited: latest, probe, isCertain: isKnown }
      if (probe.sentMs >= latest.mostMs) after.push(trial)
      const meetsAll = latest.seen.scopes.every((each) => probe.scopes.includes(each))
      if (probe.receivedMs < latest.leastMs && meetsAll) before.push(trial)
    }
    const invited = invitations.get(probe)
    if (!invited || isOthers) {
      latest = undefined
      isCertain = true
      return
    }
    isCertain &&= refuser === scope
    if (!latest || invited.mostMs > latest.mostMs) latest = invited
  })
}

/** The limiter that refused a request; `undefined` where that is not known, or none did. */
function refuserOf({ outcome, limitedBy, scopes }: Observed): string | undefined {
  if (outcome !== 'limited') return undefined
  return limitedBy ?? (scopes.length === 1 ? scopes[0] : undefined)
}

function suffices(trials: readonly Trial[], { foreignTraffic }: Measured): Judgement {
  const refused = trials.filter(({ probe }) => probe.outcome === 'limited')
  const certain = refused.find(({ isCertain }) => isCertain)
  const doubtful = certain ?? refused[0]
  if (doubtful) {
    const { invited, probe } = doubtful
    const lines = [invited.seen.line, probe.line]
    const late = seconds(probe.sentMs - invited.mostMs)
    const why = `line ${probe.line} is refused, sent ${late} after the instant that line ${invited.seen.line} names`
    if (certain && foreignTraffic === 'none') return { verdict: 'untrue', lines, why }
    const excuse = certain ? 'others may have been quicker' : 'another limit may have refused it'
    return cannotTell(
      `${why}; ${excuse}`,
      `${probeAfter}, where a single limit applies that nobody else uses`,
      lines,
    )
  }
  const accepted = trials.filter(({ probe }) => probe.outcome === 'accepted')
  const [first] = accepted
  if (!first) return cannotTell('no single request was sent after Retry-After', probeAfter)
  const lines = accepted.flatMap(({ invited, probe }) => [invited.seen.line, probe.line])
  const afterMs = ({ invited, probe }: Trial) => probe.sentMs - invited.mostMs
  const soonest = accepted.reduce((least, trial) => Math.min(least, afterMs(trial)), afterMs(first))
  const why = `${counted(accepted.length, 'request')} after it ${accepted.length === 1 ? 'was' : 'were'} accepted, the soonest ${seconds(soonest)} after it was surely over`
  return { verdict: 'true', lines, why }
}

function needed(trials: readonly Trial[]): Judgement {
  const accepted = trials.find(({ probe }) => probe.outcome === 'accepted')
  if (accepted) {
    const { invited, probe } = accepted
    const early = seconds(invited.leastMs - probe.receivedMs)
    const why = `line ${probe.line} is accepted, at least ${early} before the instant that line ${invited.seen.line} names`
    return { verdict: 'untrue', lines: [invited.seen.line, probe.line], why }
  }
  const refused = trials.filter(({ probe }) => probe.outcome === 'limited')
  if (refused.length === 0) return cannotTell('no single request was sent before Retry-After', probeBefore)
  const lines = refused.flatMap(({ invited, probe }) => [invited.seen.line, probe.line])
  return { verdict: 'true', lines, why: `${counted(refused.length, 'request')} before it, all refused` }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
