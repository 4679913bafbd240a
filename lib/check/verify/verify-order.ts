import { type History, Outcome } from '../../history/history.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'

/**
 * Checks a proof by exhaustion again: does any order of the requests, with any instants and phase,
 * make one limiter answer as it did? Plain enumeration, every constraint worked out anew along every
 * order; it shares only types with the search.
 * @param rows the rows whose outcomes count; all others may have been counted, or not.
 * @param mostOrders how many beginnings of orders are looked at.
 * @returns `undefined` where that was not enough to say.
 */
export function someOrderExplains(
  evidence: Evidence,
  hypothesis: Hypothesis,
  rows: ReadonlySet<number>,
  mostOrders: number,
): boolean | undefined {
  const requests = Array.from(evidence.rows, (row, i): Enumerated => {
    const use = evidence.use[i]
    const uses = use === 1 ? [true] : use === 0 ? [false] : [false, true]
    const hidden = (evidence.loUs[i] as number) < evidence.hiddenUseUntilUs
    const told = rows.has(row)
    const demand = told ? (evidence.demand[i] as number) : 0
    const whenFull = hypothesis.limitedRequests === 'counted' || (told && use === 1)
    const options: Option[] =
      demand === 1 || demand === 3
        ? uses.map((counted) => [{ limiter: 0, admitted: true, counted }])
        : demand === 2 && !hidden
          ? uses.map((counted) => [{ limiter: 0, admitted: false, counted }])
          : use === 0
            ? []
            : [[{ limiter: 0, admitted: whenFull ? undefined : true, counted: true }]]
    // What surely used the limit up, and whose outcome counts for nothing else, is not left out.
    const mayBeLeftOut = !(told && use === 1) && (demand === 0 || (demand === 2 && hidden))
    return {
      loUs: evidence.loUs[i] as number,
      hiUs: evidence.hiUs[i] as number,
      cost: evidence.cost[i] as number,
      options,
      mayBeLeftOut,
    }
  })
  return enumerate(requests, [hypothesis], mostOrders)
}

/**
 * The same for several limiters that share requests, under one hypothesis for each.
 * @param told the rows whose outcomes count; `rows` are all that the limiters met.
 */
export function someOrderExplainsTogether(
  history: History,
  bounds: DecisionBounds,
  limiters: readonly { cell: Cell; hypothesis: Hypothesis }[],
  rows: readonly number[],
  told: ReadonlySet<number>,
  mostOrders: number,
): boolean | undefined {
  const requests = rows.map((row): Enumerated => {
    const { scopes } = history.descriptors[
      history.descriptor[row] as number
    ] as History['descriptors'][number]
    const met = limiters
      .map(({ cell, hypothesis }, limiter) => ({ cell, hypothesis, limiter }))
      .filter(({ cell }) => scopes[cell.limit.scope] === cell.scopeValue)
      .sort((a, b) => a.cell.limitIndex - b.cell.limitIndex)
    const outcome = told.has(row) ? history.outcome[row] : Outcome.unknown
    const blamed =
      outcome === Outcome.limited ? history.scopeNames[history.limitedBy[row] as number] : undefined
    const named = met.some(({ cell }) => cell.limit.scope === blamed)
    const options: Option[] = []
    for (let bits = 0; bits < 2 ** met.length; bits++) {
      const refuses = met.map((_, k) => Math.floor(bits / 2 ** k) % 2 === 1)
      const first = refuses.indexOf(true)
      if (outcome === Outcome.accepted && first >= 0) continue
      if (outcome === Outcome.limited && first < 0) continue
      if (named && first >= 0 && met[first]?.cell.limit.scope !== blamed) continue
      options.push(
        met.map(({ limiter, hypothesis: { limitedRequests, chargedWhenRefused } }, k) => {
          if (first < 0) return { limiter, admitted: true, counted: true }
          if (refuses[k]) return { limiter, admitted: false, counted: limitedRequests === 'counted' }
          const charged = { counted: true, free: false, earlier: k < first }[chargedWhenRefused]
          return { limiter, admitted: true, counted: charged }
        }),
      )
    }
    return {
      loUs: bounds.loUs[row] as number,
      hiUs: bounds.hiUs[row] as number,
      cost: history.cost[row] as number,
      options,
      mayBeLeftOut: outcome === Outcome.unknown,
    }
  })
  const hypotheses = limiters.map(({ hypothesis }) => hypothesis)
  return enumerate(requests, hypotheses, mostOrders)
}

function enumerate(
  requests: readonly Enumerated[],
  hypotheses: readonly Hypothesis[],
  mostOrders: number,
): boolean | undefined {
  const enumeration = new Enumeration(requests, hypotheses, mostOrders)
  const found = enumeration.goOn(enumeration.beginning())
  return found ? true : enumeration.left <= 0 ? undefined : false
}

/** What each limiter did with a request; `admitted: undefined`: either. */
type Option = readonly { limiter: number; admitted: boolean | undefined; counted: boolean }[]

interface Enumerated {
  loUs: number
  hiUs: number
  cost: number
  options: readonly Option[]
  mayBeLeftOut: boolean
}

/** A request in an order, as one limiter saw it. */
interface Placed {
  i: number
  admitted: boolean | undefined
  counted: boolean
  /**
   * Fixed window, sliding counter: the number of its window, from the phase on; a bucket that is refilled at
   * intervals: of the last refill before it. First-hit window: the
   * place in the order of what opened its window, -1 for none. GCRA: the place of what the bucket was
   * last full before, -1 where it is full.
   */
  mark: number
}

/** The requests in an order, with what each limiter that met one did. */
type Order = readonly { i: number; seen: ReadonlyMap<number, Placed> }[]

/** `a` comes at least `least` after `b`. */
type Edge = { a: number; b: number; least: number }

/** A beginning of an order, all that it takes, and how early each variable can be under that. */
interface Beginning {
  order: Order
  edges: readonly Edge[]
  values: readonly number[]
}

class Enumeration {
  left: number
  private readonly requests: readonly Enumerated[]
  private readonly hypotheses: readonly Hypothesis[]
  private readonly origin: number
  private readonly firstUs: number
  private readonly opens = new Map<string, number>()
  /** For each request the one before it that is alike in everything, if there is one. */
  private readonly twins: (number | undefined)[]
  /**
   * For each request those alike in cost and options that start and end no later, and are surely decided.
   * Where one of them came after it, the two could have changed places.
   */
  private readonly sooner: number[][]

  constructor(requests: readonly Enumerated[], hypotheses: readonly Hypothesis[], mostOrders: number) {
    this.requests = requests
    this.hypotheses = hypotheses
    this.left = mostOrders
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
    const edges = this.hypotheses.flatMap((hypothesis, limiter): Edge[] => {
      const phase = this.requests.length + limiter
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
    const { algorithm, windowUs, refillTickUs } = this.hypotheses[limiter] as Hypothesis
    const last = order.at(-1)
    if (algorithm === 'fixed-window' || algorithm === 'sliding-counter' || refillTickUs !== undefined) {
      const periodUs = refillTickUs ?? windowUs
      const most = Math.floor(((this.requests[i] as Enumerated).hiUs - this.firstUs) / periodUs)
      const least = last?.mark ?? -1
      return Array.from({ length: Math.max(0, most - least + 1) }, (_, k) => least + k)
    }
    if (algorithm === 'sliding-log') return [0]
    const state = last === undefined ? -1 : this.stateAfter(order, order.length - 1)
    return state === -1 ? [-1] : [state, -1]
  }

  /** First-hit window and GCRA: the place in the order that the mark of a following request may name. */
  private stateAfter(order: readonly Placed[], k: number): number {
    const { mark, counted } = order[k] as Placed
    return mark === -1 ? (counted ? k : -1) : mark
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
      if (!this.demand(seen, seen.length - 1, limiter, edges)) return undefined
    }
    edges.push(...before.edges)
    // What holds of fewer constraints is where to start from with more: values only ever rise.
    const values = solution(edges, before.values)
    return values && { order, edges, values }
  }

  private opensUs(limiter: number, before: number, units: number): number {
    const key = `${limiter} ${before} ${units}`
    const known = this.opens.get(key) ?? counterOpensUs(this.hypotheses[limiter] as Hypothesis, before, units)
    this.opens.set(key, known)
    return known
  }

  /** Adds what the k-th answer takes. `false` where the limiter cannot give it. */
  private demand(order: readonly Placed[], k: number, limiter: number, edges: Edge[]): boolean {
    const { i, admitted, mark } = order[k] as Placed
    const hypothesis = this.hypotheses[limiter] as Hypothesis
    const { algorithm, limit, windowUs } = hypothesis
    const phase = this.requests.length + limiter
    const costOf = (placed: Placed) => (this.requests[placed.i] as Enumerated).cost
    const cost = costOf(order[k] as Placed)
    const earlier = order.slice(0, k).filter(({ counted }) => counted)
    const units = (some: readonly Placed[]) => some.reduce((sum, placed) => sum + costOf(placed), 0)
    const answer = (admits: boolean) => admitted === undefined || admitted === admits
    switch (algorithm) {
      case 'fixed-window':
      case 'sliding-counter': {
        edges.push({ a: i, b: phase, least: mark * windowUs })
        edges.push({ a: phase, b: i, least: 1 - (mark + 1) * windowUs })
        const now = units(earlier.filter((placed) => placed.mark === mark))
        if (algorithm === 'fixed-window') return answer(now + cost <= limit)
        const before = units(earlier.filter((placed) => placed.mark === mark - 1))
        const opensUs = this.opensUs(limiter, before, now + cost)
        if (admitted === true) edges.push({ a: i, b: phase, least: mark * windowUs + opensUs })
        if (admitted === false) edges.push({ a: phase, b: i, least: 1 - mark * windowUs - opensUs })
        return true
      }
      case 'sliding-log': {
        if (cost > limit) return answer(false)
        let gone = 0
        while (units(earlier.slice(gone)) + cost > limit) gone++
        const blocking = earlier[gone - 1]
        if (!blocking) return answer(true)
        if (admitted === true) edges.push({ a: i, b: blocking.i, least: windowUs })
        if (admitted === false) edges.push({ a: blocking.i, b: i, least: 1 - windowUs })
        return true
      }
      case 'first-hit-window': {
        const open = k === 0 ? -1 : this.stateAfter(order, k - 1)
        if (mark === -1) {
          if (open !== -1) edges.push({ a: i, b: (order[open] as Placed).i, least: windowUs })
          return answer(cost <= limit)
        }
        const opener = order[open] as Placed
        edges.push({ a: opener.i, b: i, least: 1 - windowUs })
        const inside = order.slice(open, k).filter(({ counted }) => counted)
        return answer(units(inside) + cost <= limit)
      }
      default: {
        const { refillTickUs } = hypothesis
        if (refillTickUs !== undefined) {
          edges.push({ a: i, b: phase, least: mark * refillTickUs })
          edges.push({ a: phase, b: i, least: 1 - (mark + 1) * refillTickUs })
          const holds = BigInt(limit) * BigInt(windowUs)
          let lacking = 0n
          for (const [n, placed] of earlier.entries()) {
            lacking += BigInt(costOf(placed)) * BigInt(windowUs)
            const refills = (earlier[n + 1]?.mark ?? mark) - placed.mark
            lacking -= BigInt(refills) * BigInt(refillTickUs) * BigInt(limit)
            if (lacking < 0n) lacking = 0n
          }
          return answer(lacking + BigInt(cost) * BigInt(windowUs) <= holds)
        }
        const base = k === 0 ? -1 : this.stateAfter(order, k - 1)
        const since = base === -1 ? 0 : units(order.slice(base, k).filter(({ counted }) => counted))
        const arrivalUs = Math.floor(rational(since, windowUs, limit))
        if (mark === -1) {
          if (base !== -1) edges.push({ a: i, b: (order[base] as Placed).i, least: arrivalUs + 1 })
          return answer(cost <= limit)
        }
        const from = (order[base] as Placed).i
        edges.push({ a: from, b: i, least: -arrivalUs })
        if (cost > limit) return answer(false)
        const opensUs = Math.ceil(rational(since + cost - limit, windowUs, limit))
        if (admitted === true) edges.push({ a: i, b: from, least: opensUs })
        if (admitted === false) edges.push({ a: from, b: i, least: 1 - opensUs })
        return true
      }
    }
  }
}

/** By trying: from when on `round(before · (W - e) / W) + units` is not above the limit. */
function counterOpensUs({ limit, windowUs, rounding }: Hypothesis, before: number, units: number): number {
  const fits = (e: number) => {
    const weighted = BigInt(before) * BigInt(windowUs - e)
    const whole = weighted / BigInt(windowUs)
    const up = rounding !== undefined && rounding !== 'floor' && weighted % BigInt(windowUs) > 0n
    return Number(whole) + (up ? 1 : 0) + units <= limit
  }
  let [low, high] = [0, windowUs]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** `units · windowUs / limit`, to far below a microsecond, exact where it is whole. */
function rational(units: number, windowUs: number, limit: number): number {
  const whole = (BigInt(units) * BigInt(windowUs)) / BigInt(limit)
  const rest = BigInt(units) * BigInt(windowUs) - whole * BigInt(limit)
  return Number(whole) + Math.sign(Number(rest)) * 0.5
}

/**
 * Bellman and Ford: the least value for each variable that is not less than the given one, if there is
 * one. The origin, which is the last of them, stays where it is.
 */
function solution(edges: readonly Edge[], from: readonly number[]): readonly number[] | undefined {
  const value = [...from]
  const origin = value.length - 1
  for (let round = 0; round <= value.length; round++) {
    let changed = false
    for (const { a, b, least } of edges) {
      if ((value[a] as number) >= (value[b] as number) + least) continue
      if (a === origin) return undefined
      value[a] = (value[b] as number) + least
      changed = true
    }
    if (!changed) return value
  }
  return undefined
}
