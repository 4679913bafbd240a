import { type Candidate, type CandidateLimit, replayable } from './candidate.ts'
import type { Demand } from './demand.ts'
import { replayInThreads } from './in-threads.ts'
import { type Calendar, calendarOf, type Measures, type Stretch } from './measures.ts'
import {
  type AskedDay,
  askedDays,
  type Objective,
  type QuietBound,
  quietBoundOf,
  quietDescriptors,
  type Recommendation,
  recommend,
  type Weighed,
  weigh,
} from './recommend/index.ts'
import { type Setting, settingsOf } from './settings/index.ts'
import type { Replayed } from './tally.ts'

/** What somebody wants to know about candidates. */
export interface Question {
  /** Today's first. With an objective, all limits are from 1 on: no platform calls 0 a limit. */
  candidates: readonly Candidate[]
  /** Without one, nothing is recommended. */
  objective?: Objective
  /** Default: `quietBoundOf`. */
  quietBound?: QuietBound
  seed: number
  /** Numbers from 0 to 1, made of `seed`. */
  random: () => number
}

/** What came of a replay. */
export interface Tuning {
  replayed: Replayed[]
  /**
   * By which candidates are held against each other: the scope that is tried, for as long as today's
   * window.
   */
  yardstick: Stretch
  calendar: Calendar
  asked: AskedDay[]
  quiet: QuietBound & { descriptors: number; requests: number }
  objective?: Objective
  recommendation?: Recommendation
  /** What is recommended, in the words of platforms. */
  settings: ReplayedSetting[]
}

/** A setting with what it would have done, where that is known. */
export interface ReplayedSetting extends Setting {
  outcome?: Weighed
}

/** Of so many slices consists a timeline. */
const slices = 240

/**
 * Replays a demand and recommends one of the candidates.
 * @throws RangeError for a demand without requests, or without candidates.
 */
export async function tune(demand: Demand, question: Question): Promise<Tuning> {
  const { candidates, objective, seed, random } = question
  const [today] = candidates
  if (today === undefined) throw new RangeError('expected candidates, the first of which is of today')
  const { scope, windowMs } = today.limits[today.varied] as CandidateLimit
  const quietBound = question.quietBound ?? quietBoundOf(demand, today.limits, scope)
  const quiet = quietDescriptors(demand, scope, quietBound)
  const calendar = calendarOf(demand, slices)
  const asked = askedDays(demand, quiet, calendar.periods)
  const yardstick = { scope, spanMs: windowMs }
  const stretches = [yardstick, ...(objective?.ceilings ?? [])]
  const measures = { stretches, quiet, periods: calendar.periods }
  const replayed = await replayInThreads(demand, candidates, measures)
  const recommendation = objective && recommend(replayed, asked, objective, seed, random)
  const chosen = recommendation?.kind === 'chosen' ? candidates[recommendation.chosen] : undefined
  return {
    replayed,
    yardstick,
    calendar,
    asked,
    quiet: { ...quietBound, ...quietOf(replayed, quiet, asked) },
    objective,
    recommendation,
    settings: chosen ? await settled(demand, chosen, measures, asked) : [],
  }
}

/** How many quiet descriptors sent something, and how many requests. */
function quietOf([today]: readonly Replayed[], quiet: Uint8Array, asked: readonly AskedDay[]) {
  const sending = (today?.descriptors ?? []).filter(
    ({ accepted, refused }, who) => quiet[who] === 1 && accepted + refused > 0,
  )
  return { descriptors: sending.length, requests: asked.reduce((sum, day) => sum + day.quiet, 0) }
}

/** What platforms make of a candidate. */
async function settled(
  demand: Demand,
  { limits, varied }: Candidate,
  measures: Measures,
  asked: readonly AskedDay[],
): Promise<ReplayedSetting[]> {
  const once = asked.map(() => 1)
  const settings = settingsOf(limits)
  const known = settings.flatMap(({ platform, amountsTo }) =>
    amountsTo?.every(replayable) ? [{ name: platform, limits: amountsTo, varied }] : [],
  )
  const replayed = await replayInThreads(demand, known, measures)
  return settings.map((setting) => {
    const found = replayed.find(({ candidate }) => candidate.name === setting.platform)
    return { ...setting, ...(found && { outcome: weigh(found, asked, once) }) }
  })
}
