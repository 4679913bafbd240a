import type { Hypothesis } from '../evidence/hypothesis.ts'
import { type Edge, solution } from './earliest.ts'
import { type Asked, counterOpening, demand, type Placed, stateAfter } from './verify-answer.ts'

/** What each limiter did with a request; `admitted: undefined`: either. */
export type Option = readonly { limiter: number; admitted: boolean | undefined; counted: boolean }[]

export interface Enumerated {
  loUs: number
  hiUs: number
  cost: number
  options: readonly Option[]
  mayBeLeftOut: boolean
}

/** The requests in an order, with what each limiter that met one did. */
type Order = readonly { i: number; seen: ReadonlyMap<number, Placed> }[]

/** A beginning of an order, all that it takes, and how early each variable can be under that. */
interface Beginning {
  order: Order
  edges: readonly Edge[]
  values: readonly number[]
}

/** Goes through orders of some requests, one beginning after another. */
export class Enumeration {
  /** How many more beginnings may be looked at. */
  left: number
  private readonly requests: readonly Enumerated[]
  private readonly origin: number
  private readonly firstUs: number
  private readonly asked: readonly Asked[]
  /** For each request the one before it that is alike in everything, if there is one. */
  private readonly twins: (number | undefined)[]
  /**
   * For each request those alike in cost and options that start and end no later, and are surely decided.
   * Where one of them came after it, the two could have changed places.
   */
  private readonly sooner: number[][]

  constructor(requests: readonly Enumerated[], hypotheses: readonly Hypothesis[], mostOrders: number) {
    this.requests = requests
    this.left = mostOrders
    const costs = requests.map(({ cost }) => cost)
    this.asked = hypotheses.map((hypothesis, limiter) => {
      const phase = requests.length + limiter
      return { hypothesis, phase, costs, opensUs: counterOpening(hypothesis) }
    })
    const latest = new Map<string, number>()
    this.twins = requests.map((request, i) => {
      const key = JSON.stringify(request)
      const twin = latest.get(key)
      latest.set(key, i)
      return twin
    })
    const alike = requests.map(({ cost, options }) => JSON.stringify([cost, options]))
    this.sooner = requests.map(({ loUs, hiUs }, i) =>
      requests.flatMap((other, j) => {
        const isSooner = other.loUs <= loUs && other.hiUs <= hiUs && (other.loUs < loUs || other.hiUs < hiUs)
        return isSooner && !other.mayBeLeftOut && alike[i] === alike[j] ? [j] : []
      }),
    )
    // The variables: an instant for each request, a phase for each limiter, and the origin.
    this.origin = requests.length + hypotheses.length
    this.firstUs = requests.reduce((least, { loUs }) => Math.min(least, loUs), Number.POSITIVE_INFINITY)
  }

  /** Nothing is decided yet; all windows may start anywhere. */
  beginning(): Beginning {
    const edges = this.asked.flatMap(({ hypothesis, phase }): Edge[] => {
      return [
        { a: phase, b: this.origin, least: this.firstUs },
        {
          a: this.origin,
          b: phase,
          least: -(this.firstUs + (hypothesis.refillTickUs ?? hypothesis.windowUs) - 1),
        },
      ]
    })
    const values = new Array<number>(this.origin).fill(Number.NEGATIVE_INFINITY)
    return { order: [], edges, values: [...values, 0] }
  }

  /** Can this beginning of an order be gone on with to an end? */
  goOn(before: Beginning): boolean {
    const { order } = before
    const missing = this.requests.flatMap((_, i) => (order.some((placed) => placed.i === i) ? [] : [i]))
    if (missing.every((i) => this.requests[i]?.mayBeLeftOut)) return true
    const firstEndUs = missing.reduce((least, i) => {
      const { mayBeLeftOut, hiUs } = this.requests[i] as Enumerated
      return mayBeLeftOut ? least : Math.min(least, hiUs)
    }, Number.POSITIVE_INFINITY)
    // All that is missing is decided later than what was decided last.
    if (firstEndUs < (before.values[order.at(-1)?.i ?? this.origin] as number)) return false
    for (const i of missing) {
      // What starts after another one's end is not decided before it.
      if ((this.requests[i] as Enumerated).loUs > firstEndUs) continue
      // Of requests that are alike in everything, it makes no difference which comes first, nor which is left out.
      const twin = this.twins[i]
      if (twin !== undefined && missing.includes(twin)) continue
      if (this.sooner[i]?.some((other) => missing.includes(other))) continue
      for (const option of (this.requests[i] as Enumerated).options) {
        for (const marks of this.allMarks(order, i, option)) {
          if (this.left-- <= 0) return false
          const seen = new Map(
            option.map(({ limiter, ...did }, k) => [limiter, { i, ...did, mark: marks[k] as number }]),
          )
          const next = this.possible(before, { i, seen })
          if (next && this.goOn(next)) return true
        }
      }
    }
    return false
  }

  private allMarks(order: Order, i: number, option: Option): number[][] {
    return option.reduce<number[][]>(
      (all, { limiter }) => {
        const marks = this.marks(this.seenBy(order, limiter), i, limiter)
        return all.flatMap((before) => marks.map((mark) => [...before, mark]))
      },
      [[]],
    )
  }

  private seenBy(order: Order, limiter: number): Placed[] {
    return order.flatMap(({ seen }) => seen.get(limiter) ?? [])
  }

  private marks(order: readonly Placed[], i: number, limiter: number): number[] {
    const { algorithm, windowUs, refillTickUs } = (this.asked[limiter] as Asked).hypothesis
    const last = order.at(-1)
    if (algorithm === 'fixed-window' || algorithm === 'sliding-counter' || refillTickUs !== undefined) {
      const periodUs = refillTickUs ?? windowUs
      const most = Math.floor(((this.requests[i] as Enumerated).hiUs - this.firstUs) / periodUs)
      const least = last?.mark ?? -1
      return Array.from({ length: Math.max(0, most - least + 1) }, (_, k) => least + k)
    }
    if (algorithm === 'sliding-log') return [0]
    const state = last === undefined ? -1 : stateAfter(order, order.length - 1)
    return state === -1 ? [-1] : [state, -1]
  }

  /** The beginning that is longer by one request, if there are instants for it. */
  private possible(before: Beginning, placed: Order[number]): Beginning | undefined {
    const order = [...before.order, placed]
    const { i } = placed
    const { loUs, hiUs } = this.requests[i] as Enumerated
    const edges: Edge[] = [
      { a: i, b: this.origin, least: loUs },
      { a: this.origin, b: i, least: -hiUs },
    ]
    const last = before.order.at(-1)
    if (last) edges.push({ a: i, b: last.i, least: 0 })
    for (const limiter of placed.seen.keys()) {
      const seen = this.seenBy(order, limiter)
      if (!demand(seen, seen.length - 1, this.asked[limiter] as Asked, edges)) return undefined
    }
    edges.push(...before.edges)
    // What holds of fewer constraints is where to start from with more: values only ever rise.
    const values = solution(edges, before.values)
    return values && { order, edges, values }
  }
}
