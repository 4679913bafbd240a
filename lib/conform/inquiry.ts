import { authentication } from './experiments/authentication.ts'
import { crowdsAtTheLimit } from './experiments/crowds.ts'
import type { Experiment, NeededIntegration } from './experiments/experiment.ts'
import { growingList } from './experiments/growing-list.ts'
import { keys } from './experiments/keys.ts'
import { noisy } from './experiments/noisy.ts'
import { pagination } from './experiments/pagination.ts'
import { scales } from './experiments/scales.ts'
import { strangers } from './experiments/strangers.ts'
import { type QuestionId, questions } from './questions.ts'
import { restMs, type Site } from './site.ts'

/**
 * All experiments, in the order in which those of one track follow one another: what fills a limit comes
 * after what only needs a few requests of it, and what may fill it from elsewhere comes last.
 */
const experiments: readonly Experiment[] = [
  authentication,
  pagination,
  growingList,
  keys,
  noisy,
  scales,
  crowdsAtTheLimit,
  strangers,
]

/** An experiment that is to be done, for some of its questions. */
export interface Step {
  experiment: Experiment
  asked: ReadonlySet<QuestionId>
  /** How long nothing is sent on its track before it, so that what was sent before counts no more. */
  restMs: number
  /** What it uses up at most, its rest included. */
  cost: { apiRequests: number; alerts: number; ms: number }
}

/** What is to be asked, and what that uses up at most. */
export interface Inquiry {
  steps: Step[]
  integrations: NeededIntegration[]
  /** Questions that cannot be asked, with the reason. */
  unasked: { question: QuestionId; why: string }[]
  apiRequests: number
  alerts: number
  /** Tracks go side by side. */
  ms: number
}

/** Who is asked for a key: an integration takes three requests to make and two to remove. */
const requestsPerIntegration = 5

/**
 * Plans which experiments answer some questions of a platform. Pure.
 * @param wanted in any order; each once.
 */
export function planInquiry(
  site: Pick<Site, 'limits' | 'otherKeys'>,
  wanted: ReadonlySet<QuestionId>,
): Inquiry {
  const unasked: Inquiry['unasked'] = []
  const steps: Step[] = []
  for (const experiment of experiments) {
    const asked = experiment.answers.filter((question) => {
      if (!wanted.has(question)) return false
      const why = experiment.obstacle(site, question)
      if (why !== undefined) unasked.push({ question, why })
      return why === undefined
    })
    if (asked.length === 0) continue
    const isFirst = !steps.some((step) => step.experiment.track === experiment.track)
    const rest = experiment.track === 'alerts' && !isFirst ? restMs(site) : 0
    const ofIt = new Set(asked)
    const cost = experiment.cost(site, ofIt)
    steps.push({ experiment, asked: ofIt, restMs: rest, cost: { ...cost, ms: cost.ms + rest } })
  }
  const needed = new Map<string, NeededIntegration>()
  for (const { experiment, asked } of steps) {
    for (const one of experiment.integrations(site, asked)) needed.set(one.descriptor, one)
  }
  const integrations = [...needed.values()]
  const total = (of: (step: Step) => number) => steps.reduce((sum, step) => sum + of(step), 0)
  const onTrack = (track: Experiment['track']) =>
    total((step) => (step.experiment.track === track ? step.cost.ms : 0))
  return {
    steps,
    integrations,
    unasked,
    apiRequests: total(({ cost }) => cost.apiRequests) + integrations.length * requestsPerIntegration + 1,
    alerts: total(({ cost }) => cost.alerts),
    ms: Math.max(onTrack('api'), onTrack('alerts')),
  }
}

/** The questions that an id, a group or `all` names; `undefined` where it names none. */
export function questionsNamed(name: string): QuestionId[] | undefined {
  const found = questions.filter(({ id, group }) => name === 'all' || id === name || group === name)
  return found.length === 0 ? undefined : found.map(({ id }) => id)
}
