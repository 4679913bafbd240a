import { type History, Outcome } from '../history/history.ts'
import type { Assumption, Coverage } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { longestIntervalUs } from './evidence/bounds.ts'

/** What a broken assumption does to verdicts; a limit that is not named keeps its verdict. */
export interface Checked {
  assumption: Assumption
  /** Names of the limits that cannot pass because of it. */
  removesPass: string[]
}

/**
 * What the verdicts rest on, checked before anything is judged. What a broken assumption may hide
 * is left to the judging itself where that is exact (requests that the history does not hold are
 * treated like foreign traffic); here it only takes away a pass.
 */
export function checkAssumptions(
  history: History,
  limits: readonly Limit[],
  clockDriftPpm: number,
): Checked[] {
  const all = limits.map(({ name }) => name)
  const touching = (descriptor: string) => {
    const scopes = history.descriptors.find(({ name }) => name === descriptor)?.scopes ?? {}
    return limits.filter(({ scope }) => scope in scopes).map(({ name }) => name)
  }
  const steps = history.events.filter((event) => event.event === 'clock-step')
  const dropped = history.events.filter((event) => event.event === 'dropped')
  const droppedCount = dropped.reduce((sum, { count }) => sum + count, 0)
  const foreign = limits.filter(({ foreignTraffic }) => foreignTraffic === 'possible').map(({ name }) => name)
  const slow = longerThanWindow(history, limits, clockDriftPpm)
  const make = (name: string, broken: boolean, why: string, removesPass: string[]): Checked => ({
    assumption: { name, held: !broken, ...(broken && { why, removes: [...new Set(removesPass)] }) },
    removesPass: broken ? removesPass : [],
  })
  return [
    make(
      'no clock step during the run',
      steps.length > 0,
      `the clock was set ${steps.map(({ byMs }) => `by ${Math.round(byMs)} ms`).join(', ')}: instants before and after cannot be compared`,
      all,
    ),
    make(
      'every planned request was sent',
      droppedCount > 0,
      `${droppedCount} requests of ${[...new Set(dropped.map(({ descriptor }) => descriptor))].join(', ')} were due but not sent, since too many were unanswered`,
      dropped.flatMap(({ descriptor }) => touching(descriptor)),
    ),
    make(
      'the history is whole',
      history.torn || history.skipped > 0,
      history.torn
        ? 'the history has no end: requests that were still unanswered then are missing'
        : `${history.skipped} records broke the format and were left out`,
      all,
    ),
    make(
      'nobody else uses the same limits',
      foreign.length > 0,
      'the spec says that foreign traffic is possible: a refusal may have been for others',
      foreign,
    ),
    make(
      'every answer came within a window',
      slow.length > 0,
      `some answers took longer than the window of ${slow.join(', ')}`,
      [],
    ),
  ]
}

function longerThanWindow(history: History, limits: readonly Limit[], clockDriftPpm: number): string[] {
  const longestUs = longestIntervalUs(history, clockDriftPpm)
  return limits.filter(({ window }) => longestUs >= window * 1000).map(({ name }) => name)
}

/** How much of the history there is to judge by. */
export function coverageOf(history: History, limits: readonly Limit[]): Coverage {
  const counts = [0, 0, 0]
  let decided = 0
  const limited = history.descriptors.map(({ scopes }) => limits.some(({ scope }) => scope in scopes))
  for (let i = 0; i < history.count; i++) {
    const outcome = history.outcome[i] as Outcome
    counts[outcome] = (counts[outcome] as number) + 1
    if (outcome !== Outcome.unknown && limited[history.descriptor[i] as number]) decided++
  }
  return {
    records: history.count,
    accepted: counts[Outcome.accepted],
    limited: counts[Outcome.limited],
    unknown: counts[Outcome.unknown],
    dropped: history.events.reduce((sum, event) => (event.event === 'dropped' ? sum + event.count : sum), 0),
    skipped: history.skipped,
    decided,
  }
}
