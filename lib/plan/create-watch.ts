import type { Gauge, Ration, WatchPlan } from './plan.ts'
import { createRationLedger } from './ration-ledger.ts'
import type { Watch, WatchAnswer, WatchSend } from './watch.ts'

/** The last burst, as a share of the limit … */
const closingShare = 0.1
/** … and where another limit was in the way at times: past the limit, once undisturbed. */
const closingShareWhenBlocked = 1.02

/** So much of a window between two recoveries means that both ends of a window were seen. */
const wholeWindow = 0.9

/**
 * - `filling`: sending at the fill rate until the limit refuses
 * - `watching`: the limit refuses; probing for its recovery
 * - `blocked`: this limit has recovered, but another one refuses its requests
 * - `closing`: two recoveries a window apart were seen; a last short burst shows whether the limit
 *   came back at once or bit by bit
 * - `done`: that was sent, or there is nothing left to try
 */
type Mode = 'filling' | 'watching' | 'blocked' | 'closing' | 'done'

interface GaugeState {
  gauge: Gauge
  mode: Mode
  filler: number
  /** Refusals in a row through the current filler, and those of them that named this limit. */
  streak: number
  ownStreak: number
  /** Whether the current filler was let through since it took its turn. */
  acceptedThrough: boolean
  sentInFill: number
  nextSendMs: number
  /** After so many more of this filling it waits until then. */
  rest?: { after: number; untilMs: number } | undefined
  probing: boolean
  /** It took so long to recover that probes may have kept it full. */
  isSlow: boolean
  /** When the present mode began: an answer to what was sent before says nothing about it. */
  sinceMs: number
  recoveriesMs: number[]
  /** How often another limit was in this one's way. */
  timesBlocked: number
  /** How often that one has recovered. */
  timesUnblocked: number
  /** Two recoveries a window apart were seen: what is left is the last burst. */
  windowSeen: boolean
}

/** While only an answer can make room under a ration, this is how often it is looked for. */
const lookForRoomEveryMs = 20

/** Makes the watch for a plan: see `Watch` for what it promises. */
export function createWatch(plan: WatchPlan, rations: readonly Ration[] = []): Watch {
  const ledger = createRationLedger(rations)
  const states = plan.gauges.map(
    (gauge): GaugeState => ({
      gauge,
      mode: 'filling',
      filler: 0,
      streak: 0,
      ownStreak: 0,
      acceptedThrough: false,
      sentInFill: 0,
      nextSendMs: plan.startMs,
      probing: false,
      isSlow: false,
      sinceMs: 0,
      recoveriesMs: [],
      timesBlocked: 0,
      timesUnblocked: 0,
      windowSeen: false,
    }),
  )
  let inFlight = 0
  let sent = 0
  let dropped = new Map<string, number>()
  let over = false

  const descriptorOf = ({ gauge, filler }: GaugeState) => gauge.fillers[filler] as string

  function isFilledBy(state: GaugeState, descriptor: string): boolean {
    const { fillersInTurn, fillers } = state.gauge
    return fillersInTurn ? fillers.includes(descriptor) : descriptorOf(state) === descriptor
  }

  function closingCount({ gauge, timesBlocked }: GaugeState): number {
    if (gauge.refill) return gauge.refill.atOnce
    return Math.ceil(gauge.limit * (timesBlocked > 0 ? closingShareWhenBlocked : closingShare))
  }

  /** An outer limit waits while an inner one fills: its own filling would cut that short. */
  function held(state: GaugeState): boolean {
    if (state.mode !== 'filling') return false
    return states.slice(0, states.indexOf(state)).some((inner) => inner.mode === 'filling')
  }

  function startFilling(state: GaugeState, nowMs: number): void {
    const waitMs = state.mode === 'blocked' ? nextWaitMs(state) : 0
    const { refill } = state.gauge
    state.rest =
      refill && state.mode === 'watching'
        ? { after: refill.atOnce, untilMs: nowMs + inTurn(refill.restsMs, state.recoveriesMs.length - 1) }
        : undefined
    state.mode = 'filling'
    state.sinceMs = nowMs
    state.streak = 0
    state.ownStreak = 0
    state.acceptedThrough = false
    state.sentInFill = 0
    state.nextSendMs = nowMs + waitMs
  }

  function nextWaitMs(state: GaugeState): number {
    return inTurn(state.gauge.waitsMs ?? [], state.timesUnblocked++)
  }

  function probeEveryMs(state: GaugeState, nowMs: number): number {
    const { gauge, mode, timesBlocked } = state
    if (mode === 'watching' && gauge.sparser && nowMs - state.sinceMs >= gauge.sparser.afterMs)
      state.isSlow = true
    if (gauge.sparser && state.isSlow) return gauge.sparser.probeEveryMs
    // So that not every onset comes after equally many requests that another limit refused.
    return mode === 'blocked' && timesBlocked > 1 ? gauge.probeEveryMs / 4 : gauge.probeEveryMs
  }

  function startWatching(state: GaugeState, mode: 'watching' | 'blocked', nowMs: number): void {
    state.mode = mode
    if (mode === 'blocked') state.timesBlocked++
    state.sinceMs = nowMs
    state.nextSendMs = nowMs + state.gauge.probeEveryMs
    state.probing = false
    // Those that were held have nothing to make up for.
    for (const other of states) other.nextSendMs = Math.max(other.nextSendMs, nowMs)
  }

  function recovered(state: GaugeState, atMs: number): boolean {
    state.recoveriesMs.push(atMs)
    const first = state.recoveriesMs[0] as number
    return atMs - first >= (state.gauge.windowsApart ?? wholeWindow) * state.gauge.windowMs
  }

  function nextFiller(state: GaugeState, nowMs: number): void {
    if (state.filler + 1 >= state.gauge.fillers.length) {
      state.mode = 'done'
      return
    }
    state.filler++
    state.streak = 0
    state.ownStreak = 0
    state.acceptedThrough = false
    state.nextSendMs = nowMs
  }

  function onlyOneLimited({ fillersLimited }: Gauge): boolean {
    return plan.gauges.length === 1 && fillersLimited !== true
  }

  function answeredWhileFilling(state: GaugeState, answer: WatchAnswer): void {
    const { gauge } = state
    if (answer.outcome === 'accepted') {
      state.streak = 0
      state.ownStreak = 0
      state.acceptedThrough = true
      return
    }
    if (answer.outcome === 'unknown') return
    state.streak++
    if (answer.limitedBy === gauge.scope) state.ownStreak++
    if (state.ownStreak >= gauge.confirmRefusals) {
      startWatching(state, 'watching', answer.nowMs)
      return
    }
    if (state.streak < gauge.confirmRefusals) return
    const inner = gauge === plan.gauges[0] && gauge.fillersLimited !== true
    if (answer.limitedBy !== undefined && answer.limitedBy !== gauge.scope) {
      if (inner) startWatching(state, 'blocked', answer.nowMs)
      else nextFiller(state, answer.nowMs)
    } else if (inner || !state.acceptedThrough || onlyOneLimited(gauge)) {
      startWatching(state, 'watching', answer.nowMs)
    } else {
      // Refused by its own limit or by the common one: a fresh filler shows which.
      nextFiller(state, answer.nowMs)
    }
  }

  function answeredProbe(state: GaugeState, answer: WatchAnswer): void {
    state.probing = false
    if (answer.outcome === 'unknown') return
    const elsewhere = answer.limitedBy !== undefined && answer.limitedBy !== state.gauge.scope
    if (answer.outcome === 'limited' && !elsewhere) {
      if (state.mode === 'blocked' && answer.limitedBy === state.gauge.scope) state.mode = 'watching'
      return
    }
    const inner = state.gauge === plan.gauges[0] && state.gauge.fillersLimited !== true
    if (answer.outcome === 'limited' && !inner) {
      // A limit of its own refuses this filler, which says nothing about the common one. Probes take
      // turns until there is an answer: by then the own limits of the first have recovered.
      state.filler = (state.filler + 1) % state.gauge.fillers.length
      state.acceptedThrough = false
      return
    }
    if (state.mode !== 'blocked' && recovered(state, answer.sentMs)) state.windowSeen = true
    if (answer.outcome === 'accepted') {
      startFilling(state, answer.nowMs)
      if (state.windowSeen) state.mode = 'closing'
      // What was blocked by this limit can be filled first.
      for (const other of states) {
        if (other.mode !== 'blocked') continue
        startFilling(other, answer.nowMs)
        if (other.windowSeen) other.mode = 'closing'
      }
    } else {
      if (state.mode !== 'blocked') state.timesBlocked++
      state.mode = 'blocked'
    }
  }

  return {
    due(nowMs) {
      const sends: WatchSend[] = []
      if (nowMs >= plan.deadlineMs) over = true
      if (over || nowMs < plan.startMs) return sends
      for (const state of states) {
        if (state.mode === 'done' || held(state)) continue
        while (state.nextSendMs <= nowMs) {
          if (sent >= plan.maxRequests) {
            over = true
            return sends
          }
          if (state.mode === 'closing' && state.sentInFill >= closingCount(state)) {
            state.mode = 'done'
            break
          }
          if (state.rest && state.sentInFill >= state.rest.after) {
            state.nextSendMs = Math.max(state.nextSendMs, state.rest.untilMs)
            state.rest = undefined
            continue
          }
          const freeMs = ledger.freeFromMs(descriptorOf(state), nowMs)
          if (freeMs > nowMs) {
            state.nextSendMs = Math.min(freeMs, nowMs + (Number.isFinite(freeMs) ? 1000 : lookForRoomEveryMs))
            break
          }
          if (state.mode !== 'filling' && state.mode !== 'closing') {
            state.nextSendMs = nowMs + probeEveryMs(state, nowMs)
            if (state.probing) break
            state.probing = true
          } else if (state.sentInFill >= state.gauge.maxFill) {
            state.mode = 'done'
            break
          } else {
            state.nextSendMs += 1000 / state.gauge.ratePerSecond
            if (inFlight >= plan.maxInFlight) {
              dropped.set(descriptorOf(state), (dropped.get(descriptorOf(state)) ?? 0) + 1)
              continue
            }
            state.sentInFill++
          }
          sent++
          inFlight++
          ledger.sent(descriptorOf(state))
          sends.push({
            descriptor: descriptorOf(state),
            purpose: state.mode === 'filling' || state.mode === 'closing' ? 'fill' : 'probe',
          })
          if (state.gauge.fillersInTurn) state.filler = (state.filler + 1) % state.gauge.fillers.length
        }
      }
      return sends
    },

    nextDueMs(nowMs) {
      if (this.done) return undefined
      const next = states
        .filter((state) => state.mode !== 'done' && !held(state))
        .map((state) => Math.max(state.nextSendMs, plan.startMs))
      return Math.min(plan.deadlineMs, ...next, nowMs + 1000)
    },

    answered(answer) {
      inFlight--
      ledger.answered(answer.descriptor, answer.nowMs)
      const state = states.find(
        (candidate) => candidate.mode !== 'done' && isFilledBy(candidate, answer.descriptor),
      )
      if (!state) return
      if (state.mode === 'filling') answeredWhileFilling(state, answer)
      else if (state.mode === 'closing') return
      else if (answer.sentMs >= state.sinceMs) answeredProbe(state, answer)
    },

    takeDropped() {
      const taken = [...dropped].map(([descriptor, count]) => ({ descriptor, count }))
      dropped = new Map()
      return taken
    },

    get done() {
      return over || states.every(({ mode }) => mode === 'done')
    },
  }
}

function inTurn(manyMs: readonly number[], time: number): number {
  return manyMs[time % Math.max(1, manyMs.length)] ?? 0
}
