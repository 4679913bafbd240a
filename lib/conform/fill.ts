import { Outcome } from '../history/index.ts'
import type { Exchange } from './exchange.ts'

/** So many refusals in a row mean that a limit was reached. */
const confirmRefusals = 3

/** How a limit is filled up. */
export interface Filling {
  most: number
  inFlight?: number
  /** So many refusals in a row end it, and one more for each further request in flight. */
  refusals?: number
  signal: AbortSignal
}

/**
 * Sends until a limit refuses: so many requests in flight at once, each worker the next as soon as its last
 * was answered. Ends after some refusals in a row, at `most` requests, or when it is told to.
 * @returns all exchanges in the order of their answers.
 */
export async function fillUp(
  send: () => Promise<Exchange>,
  { most, inFlight = 1, refusals = confirmRefusals, signal }: Filling,
): Promise<Exchange[]> {
  let refusedInRow = 0
  const enough = refusals + inFlight - 1
  return sendMany(send, most, inFlight, ({ outcome }) => {
    refusedInRow = outcome === Outcome.limited ? refusedInRow + 1 : 0
    return refusedInRow < enough && !signal.aborted
  })
}

/**
 * Sends so many requests, some of them in flight at once.
 * @param goOn asked after every answer whether more is to be sent.
 * @returns all exchanges in the order of their answers.
 */
export async function sendMany(
  send: () => Promise<Exchange>,
  count: number,
  inFlight: number,
  goOn: (exchange: Exchange) => boolean,
): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  let sent = 0
  let more = true
  const work = async () => {
    while (more && sent < count) {
      sent++
      const exchange = await send()
      exchanges.push(exchange)
      more &&= goOn(exchange)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  return exchanges
}

/** How many of these were let through. */
export function acceptedIn(exchanges: readonly Exchange[]): number {
  return exchanges.filter(({ outcome }) => outcome === Outcome.accepted).length
}

/** Did a limit refuse at the end of these? */
export function wasReached(exchanges: readonly Exchange[]): boolean {
  return exchanges.at(-1)?.outcome === Outcome.limited
}

/** A limit that was reached, recovered from and reached again, through one descriptor. */
export interface Twice {
  first: readonly Exchange[]
  /** Until it recovered. */
  probes: readonly Exchange[]
  second: readonly Exchange[]
  /** Until it recovered again, where that was waited for. */
  probesAfter: readonly Exchange[]
}

/** How a limit is watched between two bursts. */
export interface Watching {
  windowMs: number
  /** So often within a window is looked whether the limit has recovered. */
  probesPerWindow: number
  /** Is the second recovery waited for as well? With it a window has been seen from end to end. */
  toTheEnd: boolean
  rest: (ms: number) => Promise<void>
  signal: AbortSignal
}

/** Looks so often that the edges of a window are known to a hundredth of it: well within what a pass takes. */
export const closely = { probesPerWindow: 100, toTheEnd: true } as const
/** Looks often enough to go on soon after a recovery. */
export const loosely = { probesPerWindow: 25, toTheEnd: false } as const

/** A window that has not ended after so many of the spec's is another. */
const mostWindows = 1.4

/** How many probes watching takes at most. */
export function mostProbes({
  probesPerWindow,
  toTheEnd,
}: Pick<Watching, 'probesPerWindow' | 'toTheEnd'>): number {
  return Math.ceil(mostWindows * probesPerWindow) * (toTheEnd ? 2 : 1)
}

/**
 * How a second burst goes on that another limit cut short, or that meets one which makes room little by little.
 */
export interface GoingOn {
  /** Was the limit reached again? @param since what was sent from the recovery on. */
  isReached: (since: readonly Exchange[]) => boolean | Promise<boolean>
  /** No more is sent from the recovery on, probes aside. */
  most: number
}

/** How many requests more than the second burst going on takes at most: each probe may be let through, and one refused. */
export function mostGoingOn({ probesPerWindow }: Pick<Watching, 'probesPerWindow'>): number {
  return 2 * (mostProbes({ probesPerWindow, toTheEnd: false }) + probesPerWindow)
}

/**
 * Reaches a limit, waits for its recovery and reaches it again at once. One burst alone may have met the edge
 * of a window, and shows anything up to twice the limit then; the recovery and a second burst right after it
 * leave no room for that.
 * @param goingOn whether the second burst is gone on with, for a window at most, until the limit is reached again.
 */
export async function reachTwice(
  burst: () => Promise<readonly Exchange[]>,
  probe: () => Promise<Exchange>,
  { windowMs, probesPerWindow, toTheEnd, rest, signal }: Watching,
  goingOn?: GoingOn,
): Promise<Twice> {
  const recovery = () => probesUntilRecovery(probe, { windowMs, probesPerWindow, rest, signal })
  const first = await burst()
  const probes = await recovery()
  const recovered = probes.at(-1)
  const second = [...(await burst())]
  while (goingOn && recovered?.outcome === Outcome.accepted && !signal.aborted) {
    const last = second.at(-1) ?? recovered
    if (last.receivedMs - recovered.sentMs >= windowMs) break
    if (await goingOn.isReached([recovered, ...second])) break
    const waited = await recovery()
    second.push(...waited)
    if (waited.at(-1)?.outcome !== Outcome.accepted) break
    const most = Math.max(1, goingOn.most - acceptedIn(second))
    second.push(...(await fillUp(probe, { most, refusals: 1, signal })))
  }
  return { first, probes, second, probesAfter: toTheEnd ? await recovery() : [] }
}

/** Looks again and again whether a limit that was reached has recovered, until it has, or is another. */
export async function probesUntilRecovery(
  probe: () => Promise<Exchange>,
  { windowMs, probesPerWindow, rest, signal }: Omit<Watching, 'toTheEnd'>,
): Promise<Exchange[]> {
  const probes: Exchange[] = []
  while (probes.length < mostWindows * probesPerWindow && !signal.aborted) {
    await rest(windowMs / probesPerWindow)
    const exchange = await probe()
    probes.push(exchange)
    if (exchange.outcome === Outcome.accepted) break
  }
  return probes
}

/** All exchanges of both bursts and between. */
export function allOf({ first, probes, second, probesAfter }: Twice): Exchange[] {
  return [...first, ...probes, ...second, ...probesAfter]
}
