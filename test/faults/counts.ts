/** What limiters of the catalogue count in, so that each shows nothing but what is wrong with it. */

/** A count, the instant it began, and what a fault keeps beside it. */
export interface Count {
  startMs: number
  count: number
}

/** Something for each key, made when the key first comes. */
export function perKey<State>(init: (key: string) => State): (key: string) => State {
  const states = new Map<string, State>()
  return (key) => {
    let state = states.get(key)
    if (state === undefined) {
      state = init(key)
      states.set(key, state)
    }
    return state
  }
}

/** For each key the count of the window that its first request opened; a new one once that has ended. */
export function firstHitCounts(windowMs: number): (key: string, nowMs: number) => Count {
  const counts = perKey((): Count => ({ startMs: Number.NEGATIVE_INFINITY, count: 0 }))
  return (key, nowMs) => {
    const count = counts(key)
    if (nowMs >= count.startMs + windowMs) {
      count.startMs = nowMs
      count.count = 0
    }
    return count
  }
}

/** For each key the count of its window, the windows lying at multiples of their length after `phaseMs`. */
export function alignedCounts(windowMs: number, phaseMs = 0): (key: string, nowMs: number) => Count {
  const counts = perKey((): Count => ({ startMs: Number.NEGATIVE_INFINITY, count: 0 }))
  return (key, nowMs) => {
    const count = counts(key)
    const startMs = Math.floor((nowMs - phaseMs) / windowMs) * windowMs + phaseMs
    if (startMs !== count.startMs) {
      count.startMs = startMs
      count.count = 0
    }
    return count
  }
}

/** For each key the instants of what was counted in the last window, oldest first. */
export function logs(windowMs: number): (key: string, nowMs: number) => number[] {
  const all = perKey((): number[] => [])
  return (key, nowMs) => {
    const log = all(key)
    while (log.length > 0 && (log[0] as number) <= nowMs - windowMs) log.shift()
    return log
  }
}

/** A bucket of tokens. */
export interface Bucket {
  tokens: number
  atMs: number
}

/** For each key a bucket, full at the start, to which tokens have flowed up to now. */
export function buckets(
  burst: number,
  tokensPerMs: number,
  startTokens = burst,
): (key: string, nowMs: number) => Bucket {
  const all = perKey((): Bucket => ({ tokens: startTokens, atMs: Number.NaN }))
  return (key, nowMs) => {
    const bucket = all(key)
    if (!Number.isNaN(bucket.atMs))
      bucket.tokens = Math.min(burst, bucket.tokens + (nowMs - bucket.atMs) * tokensPerMs)
    bucket.atMs = nowMs
    return bucket
  }
}
