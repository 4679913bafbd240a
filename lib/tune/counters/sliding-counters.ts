import type { Counter, CounterTerms } from './counter.ts'

/**
 * Sliding counters, rounded down: at e after its window's start a request is let through iff
 * `floor(previous · (windowUs - e) / windowUs) + current + cost <= limit`. Windows begin at multiples of
 * their length since instant 0. Exact while a limit times its window in microseconds is below 2^53.
 */
export function slidingCounters({ limit, windowUs, keys }: CounterTerms): Counter {
  const startUs = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
  const current = new Float64Array(keys)
  const previous = new Float64Array(keys)

  function moveTo(key: number, atUs: number): void {
    const before = startUs[key] as number
    if (atUs < before + windowUs) return
    const start = atUs - (atUs % windowUs)
    previous[key] = start === before + windowUs ? (current[key] as number) : 0
    current[key] = 0
    startUs[key] = start
  }

  return {
    admits(key, atUs, cost) {
      moveTo(key, atUs)
      const room = limit - (current[key] as number) - cost
      if (room < 0) return false
      // floor(p·r/W) <= room  iff  p·r < (room + 1)·W, with r what is left of the window.
      const leftUs = (startUs[key] as number) + windowUs - atUs
      return (previous[key] as number) * leftUs < (room + 1) * windowUs
    },
    charge(key, atUs, cost) {
      moveTo(key, atUs)
      current[key] = (current[key] as number) + cost
    },
  }
}
