/** Things that are due at an instant, handed out in the order of the instants. */
export interface Queue<Thing> {
  add(atUs: number, thing: Thing): void
  /** When the first is due; infinite when nothing is. */
  readonly firstUs: number
  /** Takes the first out; there must be one. */
  take(): Thing
}

/** Makes an empty queue: a binary heap. Things that are due at the same instant come in any order. */
export function createQueue<Thing>(): Queue<Thing> {
  const times: number[] = []
  const things: Thing[] = []

  function swap(one: number, other: number): void {
    ;[times[one], times[other]] = [times[other] as number, times[one] as number]
    ;[things[one], things[other]] = [things[other] as Thing, things[one] as Thing]
  }

  const time = (at: number) => times[at] ?? Number.POSITIVE_INFINITY

  return {
    add(atUs, thing) {
      let at = times.push(atUs) - 1
      things.push(thing)
      while (at > 0 && time((at - 1) >> 1) > time(at)) {
        swap(at, (at - 1) >> 1)
        at = (at - 1) >> 1
      }
    },
    get firstUs() {
      return time(0)
    },
    take() {
      swap(0, times.length - 1)
      times.pop()
      const taken = things.pop() as Thing
      for (let at = 0; ; ) {
        const child = time(2 * at + 2) < time(2 * at + 1) ? 2 * at + 2 : 2 * at + 1
        if (time(child) >= time(at)) return taken
        swap(at, child)
        at = child
      }
    },
  }
}
