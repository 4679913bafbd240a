import type { History } from '../history/index.ts'
import type { LimitResult, MeasuredLimit } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { conclude } from './conclude.ts'
import { type Experiment, nestedIn, nextExperiment } from './experiment.ts'
import { type Inquiry, isOpen, type Run } from './inquiry.ts'
import { learn } from './learn.ts'

/** So many runs are made at most. */
const mostRuns = 12

/** What was fired, and what it was judged to say of each limit. */
export interface Fired {
  history: History
  limits: readonly LimitResult[]
}

/** Limits that were found, and as what a spec would have them. */
export interface Discovered {
  measured: MeasuredLimit[]
  /**
   * What is known or likely, as limits of a spec; limits that nothing reached are not in it, nor those that
   * count by another scope than the spec says.
   */
  limits: Limit[]
}

/** What a discovery keeps to. */
export interface Bounds {
  /** The scopes whose limits are looked for; the others are taken to be as documented. Default: all. */
  only?: readonly string[]
  /** No more integrations than these can be had. Default: as many as it takes, up to 100. */
  mostIntegrations?: number
  /** How far the client's clock may drift from the target's. Default: 200 ppm. */
  clockDriftPpm?: number
}

/**
 * Finds out which limits a target has: takes them for what all runs so far make them look like, and has the
 * next one fire at that, until runs have proven each.
 * @param documented the limits of the spec. @param first the run that was fired at them.
 * @param fireAt fires at limits; `undefined` where that cannot be done, or is not wanted any more.
 */
export async function discoverLimits(
  documented: readonly Limit[],
  first: Fired,
  fireAt: (experiment: Experiment, run: number) => Promise<Fired | undefined>,
  { only, mostIntegrations, clockDriftPpm = 200 }: Bounds = {},
): Promise<Discovered> {
  const isAsked = ({ scope }: Limit) => only === undefined || only.includes(scope)
  const inquiries = documented.map(
    (limit): Inquiry => ({
      documented: limit,
      current: limit,
      proven: false,
      unproven: !isAsked(limit),
      isLikely: false,
      tried: new Map(),
      timesUnsettled: 0,
      isBrief: false,
      isShared: false,
      isBehind: false,
      isPushed: false,
      isPushedLate: false,
      isAtEdges: false,
    }),
  )
  const runs: Run[] = []
  let experiment: Experiment = {
    limits: [...documented],
    only: [...new Set(documented.filter(isAsked).map(({ scope }) => scope))],
  }
  let last: Fired | undefined = first
  for (let run = 1; last; run++) {
    runs.push({ experiment, history: last.history, read: new Map() })
    const nested = nestedIn(runs)
    learn(inquiries, runs, last.limits, nested, clockDriftPpm)
    if (!inquiries.some(isOpen) || run > mostRuns) break
    experiment = nextExperiment(inquiries, nested, run, mostIntegrations)
    last = await fireAt(experiment, run)
  }
  const concluded = conclude(inquiries, runs, nestedIn(runs), clockDriftPpm)
  return {
    measured: concluded.flatMap(({ measured }, k) => (isAsked(documented[k] as Limit) ? [measured] : [])),
    limits: concluded.flatMap(({ limit }, k) =>
      isAsked(documented[k] as Limit) ? (limit ?? []) : (documented[k] as Limit),
    ),
  }
}
