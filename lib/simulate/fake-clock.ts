/** A clock that stands still until it is told to go on. */
export interface FakeClock {
  /** Milliseconds since some instant; may have fractions. */
  nowMs(): number
  /** Resolves when so much time has passed on this clock. */
  sleep(ms: number): Promise<void>
}

/** A clock, and what moves it. Everything that is due runs in the order of time, then of asking. */
export interface Timeline extends FakeClock {
  at(atMs: number, run: () => void): void
  /** Goes on to the next thing that is due and runs it; `false` where nothing is. */
  step(): boolean
  /** When the next thing is due; Infinity where nothing is. */
  nextMs(): number
}

interface Due {
  atMs: number
  asked: number
  run: () => void
}

/** Makes a clock that starts at `startMs`. */
export function createTimeline(startMs: number): Timeline {
  let now = startMs
  let asked = 0
  /** A heap: the earliest first. */
  const due: Due[] = []
  const before = (a: Due, b: Due) => a.atMs < b.atMs || (a.atMs === b.atMs && a.asked < b.asked)
  const swap = (i: number, j: number) => {
    const one = due[i] as Due
    due[i] = due[j] as Due
    due[j] = one
  }

  function at(atMs: number, run: () => void): void {
    due.push({ atMs: Math.max(atMs, now), asked: asked++, run })
    for (let i = due.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!before(due[i] as Due, due[parent] as Due)) break
      swap(i, parent)
      i = parent
    }
  }

  function takeFirst(): Due | undefined {
    const first = due[0]
    const last = due.pop()
    if (first === undefined || last === undefined || due.length === 0) return first
    due[0] = last
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < due.length && before(due[left] as Due, due[least] as Due)) least = left
      if (right < due.length && before(due[right] as Due, due[least] as Due)) least = right
      if (least === i) return first
      swap(i, least)
      i = least
    }
  }

  return {
    nowMs: () => now,
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    at,
    nextMs: () => due[0]?.atMs ?? Number.POSITIVE_INFINITY,
    step() {
      const next = takeFirst()
      if (!next) return false
      now = next.atMs
      next.run()
      return true
    },
  }
}
