import { type Hypothesis, phasePeriodUs } from '../evidence/hypothesis.ts'
import type { Allowance } from './allowance.ts'
import { type Constraint, DifferenceSystem } from './difference-system.ts'
import { type Answer, type Symbolic, symbolicModel } from './symbolic.ts'

/** What one limiter has to do with one request: its answer, and whether it counts the request. */
export interface Meeting {
  /** Index of the limiter. */
  limiter: number
  answer: 'admits' | 'refuses' | 'any'
  counted: boolean
}

/** One request of a search: where it can be decided, and in which ways its outcome can have come about. */
export interface OrderedRequest {
  loUs: number
  hiUs: number
  cost: number
  /** Each way is what every limiter did; an empty one says that it was never decided. */
  ways: readonly (readonly Meeting[])[]
}

/** What a search found. `undecided`: its bound was reached first. */
export type OrderSearched =
  | {
      kind: 'found'
      /** Requests in the order of their decisions, each with its instant; those never decided are missing. */
      decided: { request: number; atUs: number }[]
      /** For each limiter an instant at which a window starts, where it has a phase. */
      startUs: (number | undefined)[]
    }
  | { kind: 'impossible' }
  | { kind: 'undecided' }

/**
 * Looks for an order of requests, instants within their bounds, and phases, under which limiters give
 * the answers that were seen: depth first over orders, each with the constraints between instants that
 * its answers demand (Wing and Gong's search for linearizations, with time). Exact within its bound:
 * `impossible` means that every order was tried, or is as good as one that was.
 *
 * Requests of the same ways and cost can be exchanged: where one's interval neither starts nor ends
 * later than the other's, it is decided first, without loss.
 * @param maxSteps how many requests are placed, at most, over all orders.
 * @param allowance the work that this search and others may still do together.
 * @param phasesUs for each limiter that has a phase, the range in which to look for it; by default all.
 */
export function searchOrders(
  requests: readonly OrderedRequest[],
  hypotheses: readonly Hypothesis[],
  maxSteps: number,
  allowance: Allowance,
  phasesUs: readonly (PhaseRange | undefined)[] = [],
): OrderSearched {
  return new OrderSearch(requests, hypotheses, phasesUs).run(maxSteps, allowance)
}

/** Instants between which, both included, some window starts. */
export type PhaseRange = readonly [from: number, to: number]

/** One way to go on: a request that is decided next, or never, and what that takes and changes. */
interface Choice {
  request: number
  decided: boolean
  where: readonly Constraint[]
  states: readonly unknown[]
}

/** A point of the search to come back to. */
interface Node {
  choices: Iterator<Choice>
  mark: ReturnType<DifferenceSystem['mark']>
  states: readonly unknown[]
  head: number
  /** What was chosen here. */
  choice?: Choice
}

class OrderSearch {
  private readonly requests: readonly OrderedRequest[]
  private readonly system = new DifferenceSystem()
  private readonly models: Symbolic[]
  private states: readonly unknown[]
  /** Requests by the start of their intervals. */
  private readonly byStart: number[]
  /** Requests with the same ways and cost have the same number. */
  private readonly kinds: number[]
  private readonly mandatory: boolean[]
  private readonly done: boolean[]
  private readonly placed: number[] = []
  /** How many answers of limiters were looked at. */
  private looked = 0
  /** Everything before this place in `byStart` is done. */
  private head = 0

  constructor(
    requests: readonly OrderedRequest[],
    hypotheses: readonly Hypothesis[],
    phasesUs: readonly (PhaseRange | undefined)[],
  ) {
    this.requests = requests
    const firstUs = requests.reduce((least, { loUs }) => Math.min(least, loUs), Number.POSITIVE_INFINITY)
    // The variable of a request's instant has the number of the request.
    for (const { loUs, hiUs } of requests) this.system.variable(loUs, hiUs)
    this.models = hypotheses.map((h, k) =>
      symbolicModel(this.system, h, phasesUs[k] ?? [firstUs, firstUs + (phasePeriodUs(h) ?? h.windowUs) - 1]),
    )
    this.states = this.models.map(({ init }) => init)
    this.byStart = requests
      .map((_, i) => i)
      .sort((a, b) => this.of(a).loUs - this.of(b).loUs || this.of(a).hiUs - this.of(b).hiUs)
    this.kinds = kindsOf(requests)
    this.mandatory = requests.map(({ ways }) => ways.every((way) => way.length > 0))
    this.done = requests.map(() => false)
  }

  run(maxSteps: number, allowance: Allowance): OrderSearched {
    const { left } = allowance
    try {
      return this.search(maxSteps, left)
    } finally {
      allowance.left = left - this.work
    }
  }

  private get work(): number {
    return this.looked + this.system.looked
  }

  private search(maxSteps: number, maxWork: number): OrderSearched {
    if (this.requests.length === 0) return this.found()
    const stack: Node[] = [this.node()]
    for (let steps = 0; stack.length > 0; ) {
      const node = stack.at(-1) as Node
      this.takeBack(node)
      const { value: choice, done } = node.choices.next()
      if (done) {
        stack.pop()
        continue
      }
      if (++steps > maxSteps || this.work > maxWork) return { kind: 'undecided' }
      if (!this.take(node, choice)) continue
      if (this.head === this.byStart.length) return this.found()
      stack.push(this.node())
    }
    return { kind: 'impossible' }
  }

  private found(): OrderSearched {
    return {
      kind: 'found',
      decided: this.placed.map((request) => ({ request, atUs: this.system.earliest(request) })),
      startUs: this.models.map(({ phase }) =>
        phase === undefined ? undefined : this.system.earliest(phase),
      ),
    }
  }

  private of(request: number): OrderedRequest {
    return this.requests[request] as OrderedRequest
  }

  private node(): Node {
    return { choices: this.choices(), mark: this.system.mark(), states: this.states, head: this.head }
  }

  private take(node: Node, choice: Choice): boolean {
    node.choice = choice
    const { request, decided, where, states } = choice
    const last = this.placed.at(-1)
    this.done[request] = true
    this.states = states
    while (this.head < this.byStart.length && this.done[this.byStart[this.head] as number]) this.head++
    if (!decided) return true
    this.placed.push(request)
    const follows = last === undefined || this.system.add([last, request, 0])
    return (
      follows && where.every((constraint) => this.system.add(constraint)) && this.othersCanFollow(request)
    )
  }

  private takeBack(node: Node): void {
    const { choice, mark, states, head } = node
    if (!choice) return
    node.choice = undefined
    this.done[choice.request] = false
    if (choice.decided) this.placed.pop()
    this.states = states
    this.head = head
    this.system.takeBack(mark)
  }

  private *choices(): Generator<Choice> {
    for (const request of this.candidates()) {
      const known = new Map<number, readonly Answer[]>()
      for (const way of this.of(request).ways) {
        if (way.length === 0) yield { request, decided: false, where: [], states: this.states }
        else yield* this.combined(request, way, known)
      }
    }
  }

  /** Every combination of answers that the limiters of a way can give. */
  private combined(
    request: number,
    way: readonly Meeting[],
    known: Map<number, readonly Answer[]>,
  ): Choice[] {
    let choices: Choice[] = [{ request, decided: true, where: [], states: this.states }]
    for (const { limiter, answer, counted } of way) {
      const answers = known.get(limiter) ?? this.answersOf(limiter, request)
      known.set(limiter, answers)
      const next: Choice[] = []
      for (const given of answers) {
        if (answer !== 'any' && given.admits !== (answer === 'admits')) continue
        const after = counted ? given.counted : given.uncounted
        for (const { where, states } of choices) {
          const statesAfter = states.with(limiter, after)
          next.push({ request, decided: true, where: [...where, ...given.where], states: statesAfter })
        }
      }
      if (next.length === 0) return next
      this.looked += next.length
      choices = next
    }
    return choices
  }

  /** What a limiter can answer now, without what is out of the question at first sight. */
  private answersOf(limiter: number, request: number): Answer[] {
    const model = this.models[limiter] as Symbolic
    const answers = model.answers(this.states[limiter], request, this.of(request).cost)
    this.looked += answers.length
    return answers.filter(({ where }) => where.every((constraint) => this.system.admits(constraint)))
  }

  /** The requests that can be decided next, those that were sent first before others. */
  private candidates(): number[] {
    const candidates: number[] = []
    // Whatever comes next comes before all the others, so it cannot start after one of them ends.
    let firstEndUs = Number.POSITIVE_INFINITY
    const endOfKind = new Map<number, number>()
    for (let place = this.head; place < this.byStart.length; place++) {
      const request = this.byStart[place] as number
      if (this.done[request]) continue
      const { loUs, hiUs } = this.of(request)
      if (loUs > firstEndUs) break
      const kind = this.kinds[request] as number
      const endUs = endOfKind.get(kind) ?? Number.POSITIVE_INFINITY
      if (hiUs < endUs) {
        candidates.push(request)
        endOfKind.set(kind, hiUs)
      }
      if (this.mandatory[request]) firstEndUs = Math.min(firstEndUs, hiUs)
    }
    return candidates
  }

  private othersCanFollow(request: number): boolean {
    const atUs = this.system.earliest(request)
    for (let place = this.head; place < this.byStart.length; place++) {
      const other = this.byStart[place] as number
      if (this.of(other).loUs >= atUs) return true
      if (!this.done[other] && this.mandatory[other] && this.of(other).hiUs < atUs) return false
    }
    return true
  }
}

export function kindsOf(requests: readonly OrderedRequest[]): number[] {
  const numbers = new Map<string, number>()
  return requests.map(({ cost, ways }) => {
    const key = JSON.stringify([cost, ways])
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}
