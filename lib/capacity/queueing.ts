/**
 * A queue of type M/M/c: requests arrive at random (Poisson), wait first come first served for one of
 * `servers`, and are served for exponentially distributed times.
 */
export interface Queue {
  servers: number
  /** The mean time of one service. */
  serviceMs: number
}

/** How many requests a second all servers together can serve: at this rate the queue already grows for ever. */
export function saturationPerSecond({ servers, serviceMs }: Queue): number {
  return (servers * 1000) / serviceMs
}

/**
 * The probability that an arriving request has to wait (Erlang's C formula; L. Kleinrock, Queueing
 * Systems I, 1975, 3.5), by the recursion for Erlang's B formula, which stays exact for many servers.
 * 1 at saturation and above.
 */
export function probabilityOfWaiting(queue: Queue, ratePerSecond: number): number {
  const { servers, serviceMs } = queue
  const offered = (ratePerSecond * serviceMs) / 1000
  if (offered >= servers) return 1
  let blocked = 1
  for (let server = 1; server <= servers; server++)
    blocked = (offered * blocked) / (server + offered * blocked)
  return (servers * blocked) / (servers - offered * (1 - blocked))
}

/**
 * The probability that a request takes longer than `ms` from its arrival to the end of its service. The
 * wait is 0, or exponential with the rate by which the servers outrun the arrivals; the service is added
 * to it by convolution (D. Gross et al., Fundamentals of Queueing Theory, 2008, 2.3). 1 at saturation
 * and above, where there is no steady state.
 */
export function shareBeyond(queue: Queue, ratePerSecond: number, ms: number): number {
  const waiting = probabilityOfWaiting(queue, ratePerSecond)
  if (waiting >= 1) return 1
  const service = 1 / queue.serviceMs
  const drain = (saturationPerSecond(queue) - ratePerSecond) / 1000
  const served = Math.exp(-service * ms)
  // Where both rates agree, the quotient below is 0/0: this is its limit.
  const both =
    Math.abs(drain - service) < 1e-9 * service
      ? (1 + service * ms) * served
      : (drain * served - service * Math.exp(-drain * ms)) / (drain - service)
  return (1 - waiting) * served + waiting * both
}

/** The time that so many percent of requests take at most, in milliseconds; infinite at saturation and above. */
export function percentileMs(queue: Queue, ratePerSecond: number, percentile: number): number {
  if (ratePerSecond >= saturationPerSecond(queue)) return Number.POSITIVE_INFINITY
  const share = 1 - percentile / 100
  let most = queue.serviceMs
  while (shareBeyond(queue, ratePerSecond, most) > share) most *= 2
  return bisect(0, most, (ms) => shareBeyond(queue, ratePerSecond, ms) > share)
}

/**
 * The rate up to which so many percent of requests take no longer than a bound, a second; 0 where the
 * service alone takes too long.
 */
export function highestRatePerSecond(queue: Queue, percentile: number, boundMs: number): number {
  const share = 1 - percentile / 100
  return bisect(0, saturationPerSecond(queue), (rate) => shareBeyond(queue, rate, boundMs) <= share)
}

/** Where a condition that holds below some value stops holding. */
function bisect(from: number, to: number, holds: (value: number) => boolean): number {
  let [low, high] = [from, to]
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
