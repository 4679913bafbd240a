import { Outcome } from '../../history/history.ts'
import type { Conflict } from './conflict.ts'
import { Play, type Position } from './play.ts'
import { playThrough } from './play-through.ts'
import { type PlayedLimiter, type PlayedRequests, Waits } from './requests.ts'

/** One of many plays that have come equally far, with what it decided since it was one with others. */
interface Line {
  position: Position
  before: Line | undefined
  order: readonly number[]
  atUs: readonly number[]
  /** What tells its state apart from that of others, as far as it matters. */
  kind: string
}

/** So many requests are sent between two looks at which plays go on. */
const stretch = 16

/** So many plays go on from there, at least; as many again for each set of starts that is left, up to the most. */
const fewest = 32
const most = 96

/** So many are looked for, for each that goes on; and so often each of them is tried. */
const wantedForEach = 4
const mostTries = 4

/** So many changes in vain are made within a stretch. */
const mostInVain = 6

/** So often they may all be stuck without having come any further before it is given up. */
const mostFailures = 10

/** Of the starts with which all are stuck, those are told that come furthest: one in so many. */
const bestOf = 4

/** Where many plays came to. */
export interface Abreast {
  /** How many requests were sent before the stretch that none got through; all where they came to the end. */
  sent: number
  /** The starts of those that came so far. */
  starts: readonly (readonly PlayedLimiter[])[]
  /** Where they came to the end: the decisions of one of them. */
  decided: { order: number[]; atUs: Float64Array; limiters: readonly PlayedLimiter[] } | undefined
  work: number
}

/**
 * Plays many plays side by side, a stretch of time after the other: each stretch is played in several ways
 * from wherever the one before ended, and of the plays that get through it those go on that differ most
 * in what their limiters have room for. What is wrong with a play often shows much later, and then there are
 * others that did otherwise. Where all of them are stuck, they go back, further each time.
 * @param starts limiters to begin with: the same ones, with windows that start at other instants.
 */
export function playAbreast(
  requests: PlayedRequests,
  starts: readonly (readonly PlayedLimiter[])[],
  refusersOf: (conflict: Conflict) => readonly number[],
  random: () => number,
  mostWork: number,
): Abreast {
  const { loUs } = requests
  const n = loUs.length
  const play = new Play(requests, starts[0] as readonly PlayedLimiter[])
  const beginnings = starts.map((limiters): Line => {
    const states = limiters.map(({ model }) => model.init())
    return {
      position: { ...play.position(), limiters, states },
      before: undefined,
      order: [],
      atUs: [],
      kind: '',
    }
  })
  const reached: Line[][] = [beginnings]
  let furthest = { sent: 0, starts }
  const failures: number[] = []
  let inVain = 0
  while (play.work < mostWork) {
    const from = reached.length - 1
    const sent = (from + 1) * stretch
    play.untilUs = sent < n ? (loUs[sent] as number) - 1 : Number.POSITIVE_INFINITY
    const stuck: Stuck = new Map()
    const lines = reached[from] as Line[]
    const through = playStretch(play, lines, refusersOf, random, failures[from] ?? 0, stuck)
    const [one] = through
    if (one) {
      if (sent >= n) return { ...furthest, sent: n, decided: decisionsOf(one, n), work: play.work }
      reached.push(chosen(through, random))
      continue
    }
    if (from * stretch > furthest.sent) inVain = 0
    if (from * stretch >= furthest.sent) furthest = { sent: from * stretch, starts: furthestOf(stuck) }
    const failed = (failures[from] ?? 0) + 1
    failures[from] = failed
    if (++inVain > mostFailures) break
    if (failed > 1) reached.length = Math.max(1, reached.length - 2 ** (failed - 2))
  }
  return { ...furthest, decided: undefined, work: play.work }
}

/** The plays that get through a stretch. */
function playStretch(
  play: Play,
  lines: readonly Line[],
  refusersOf: (conflict: Conflict) => readonly number[],
  random: () => number,
  failed: number,
  stuck: Stuck,
): Line[] {
  const through: Line[] = []
  const wanted = wantedForEach * widthOf(lines)
  for (let tried = 0; tried < mostTries; tried++) {
    for (const line of lines) {
      if (through.length >= wanted) return through
      play.goOnFrom(line.position)
      // Once as it comes.
      if (tried > 0 || failed > 0) stir(play, random)
      else stir(play, () => 1)
      const { stuckAt } = playThrough(play, refusersOf, random, mostInVain, Number.POSITIVE_INFINITY)
      if (stuckAt) {
        const { limiters } = line.position
        const before = stuck.get(limiters)
        if (!before || isFurther(stuckAt, before)) stuck.set(limiters, stuckAt)
        continue
      }
      through.push({
        position: play.position(),
        before: line,
        order: play.order.slice(),
        atUs: play.order.map((i) => play.atUs[i] as number),
        kind: play.states.kind(play.nowUs),
      })
    }
  }
  return through
}

/** Where plays are stuck at best, for each set of starts. */
type Stuck = Map<readonly PlayedLimiter[], Conflict>

function isFurther(one: Conflict, other: Conflict): boolean {
  return one.untilUs === other.untilUs ? one.byUs < other.byUs : one.untilUs > other.untilUs
}

function furthestOf(stuck: Stuck): (readonly PlayedLimiter[])[] {
  const all = [...stuck].sort(([, a], [, b]) => (isFurther(a, b) ? -1 : Number(isFurther(b, a))))
  return all.slice(0, Math.ceil(all.length / bestOf)).map(([limiters]) => limiters)
}

/** Draws where in its time each request of a stretch is first tried, and whether refused ones wait. */
function stir(play: Play, random: () => number): void {
  const { loUs, hiUs, outcome } = play.requests
  const mostly = random() < 0.5 ? 0.8 * random() : 0
  const [stirred, spread] = [random() ** 2, random() ** 2]
  const draw = (i: number, isNew: boolean) => {
    if (outcome[i] === Outcome.unknown) return
    const lo = loUs[i] as number
    const lasts = (hiUs[i] as number) - lo
    if (random() < stirred) {
      play.notBeforeUs[i] = lo + Math.floor(Math.min(1, mostly + random() * spread) * lasts)
      if (outcome[i] === Outcome.limited) play.patient[i] = Math.floor(random() * 3)
    } else if (isNew) {
      play.notBeforeUs[i] = lo + Math.floor(mostly * lasts)
      play.patient[i] = Waits.not
    }
  }
  for (const i of play.waiting) draw(i, false)
  for (let i = play.next; i < loUs.length && (loUs[i] as number) <= play.untilUs; i++) draw(i, true)
}

function widthOf(lines: readonly Line[]): number {
  const starts = new Set(lines.map(({ position }) => position.limiters)).size
  return Math.min(most, Math.max(fewest, 2 * starts))
}

/** As many as go on, of as many kinds as there are, from each set of starts. */
function chosen(lines: readonly Line[], random: () => number): Line[] {
  const width = widthOf(lines)
  if (lines.length <= width) return [...lines]
  const kinds = new Map<readonly PlayedLimiter[], Map<string, Line[]>>()
  for (const line of shuffled(lines, random)) {
    const { limiters } = line.position
    const ofStart = kinds.get(limiters) ?? new Map<string, Line[]>()
    kinds.set(limiters, ofStart)
    ofStart.set(line.kind, [...(ofStart.get(line.kind) ?? []), line])
  }
  return inTurn([...kinds.values()].map((ofStart) => inTurn([...ofStart.values()]))).slice(0, width)
}

/** The first of each list, then the second of each, and so on. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const items: Item[] = []
  const longest = Math.max(...lists.map(({ length }) => length))
  for (let k = 0; k < longest; k++) for (const list of lists) if (k < list.length) items.push(list[k] as Item)
  return items
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const all = [...items]
  for (let k = all.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1))
    const item = all[k] as Item
    all[k] = all[other] as Item
    all[other] = item
  }
  return all
}

function decisionsOf(last: Line, count: number): Abreast['decided'] {
  const lines: Line[] = []
  for (let line: Line | undefined = last; line; line = line.before) lines.unshift(line)
  const atUs = new Float64Array(count).fill(Number.NaN)
  for (const line of lines) for (const [k, i] of line.order.entries()) atUs[i] = line.atUs[k] as number
  return { order: lines.flatMap(({ order }) => order), atUs, limiters: last.position.limiters }
}
