import { createServiceQueue, type Service } from './service.ts'

/** Timers count whole milliseconds: an answer leaves up to this much early rather than one late. */
const earlyMs = 0.5

/**
 * Lets requests wait and be served, in real time.
 * @returns a function that is told of an arrival, and calls back when that request has been served; it
 * returns false, and never calls back, where too many wait already.
 */
export function serveInTurn(service: Service): (served: () => void) => boolean {
  const queue = createServiceQueue(service)
  return (served) => {
    const departsMs = queue.arrive(performance.now())
    if (departsMs === undefined) return false
    at(departsMs, served)
    return true
  }
}

/** Calls back at an instant of the monotonic clock. Keeps no process alive: who closes the server waits for nothing. */
function at(instantMs: number, act: () => void): void {
  const leftMs = instantMs - performance.now()
  // A timer may also fire early: it starts from a reading of the clock that is a little old.
  if (leftMs <= earlyMs) act()
  else setTimeout(() => at(instantMs, act), leftMs).unref()
}
