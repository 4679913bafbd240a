import type {
  Objective,
  Option,
  Recommendation,
  Replayed,
  ReplayedSetting,
  Sensitivity,
  Stretch,
  Tuning,
} from '../../lib/tune/index.ts'
import { counted } from './amounts.ts'
import type { Style } from './style.ts'
import {
  candidateText,
  limitText,
  objectiveTexts,
  optionText,
  percentText,
  quietText,
  shortfallTexts,
} from './tuning-words.ts'
import type { View } from './view.ts'
import { listItem, paragraph } from './wrap.ts'

/**
 * Which limit is recommended and why, what its neighbours would cost, and how sure that is; nothing without
 * an objective.
 */
export function recommendationLines(tuning: Tuning, view: View, style: Style): string[] {
  const texts = recommendationTexts(tuning)
  if (texts === undefined) return []
  const { headline, verdict, wanted, reasons } = texts
  return [
    ...paragraph(headline, view.width, 0).map((line) => style.verdict(verdict, line)),
    ...wanted.flatMap((each) => listItem('- wanted: ', each, view.width, 2)),
    ...reasons.flatMap((reason) => paragraph(reason, view.width, 2)),
    '',
    ...settingLines(tuning, view, style),
  ]
}

/** A recommendation in sentences. */
export interface RecommendationTexts {
  headline: string
  verdict: 'pass' | 'fail' | 'inconclusive'
  /** The parts of the objective. */
  wanted: string[]
  reasons: string[]
}

/** What is recommended, in sentences; undefined without an objective. */
export function recommendationTexts(tuning: Tuning): RecommendationTexts | undefined {
  const { recommendation, objective } = tuning
  if (recommendation === undefined || objective === undefined) return undefined
  const wanted = objectiveTexts(objective)
  const quiet = quietSentence(tuning)
  const nameOf = namesOf(tuning)
  switch (recommendation.kind) {
    case 'chosen':
      return {
        headline: `RECOMMENDED  ${nameOf(recommendation.chosen)}${recommendation.chosen === 0 ? ', as today' : ''}`,
        verdict: 'pass',
        wanted,
        reasons: [quiet, ...chosenSentences(tuning, recommendation, objective, nameOf)],
      }
    case 'none': {
      const nearest = recommendation.options[recommendation.nearest] as Option
      const misses = shortfallTexts(nearest, objective).join('; ')
      return {
        headline: 'NONE MEETS IT  None of the limits that were tried meets the objective.',
        verdict: 'fail',
        wanted,
        reasons: [
          quiet,
          `Closest is ${nameOf(recommendation.nearest)}: ${misses}. Try others (--limits, --windows, --algorithms, --with), or want less.`,
          sensitivitySentence(recommendation.sensitivity, nameOf),
        ],
      }
    }
    case 'cannot-tell':
      return {
        headline: 'CANNOT TELL  No descriptor is quiet.',
        verdict: 'inconclusive',
        wanted,
        reasons: [
          `There is none ${quietText(tuning.quiet)}. Say what is quiet, with --quiet N/WINDOW, or give a longer history.`,
        ],
      }
  }
}

function namesOf({ replayed }: Tuning): (index: number) => string {
  const today = replayed[0] as Replayed
  const algorithms = new Set(replayed.map(({ candidate }) => candidate.limits[candidate.varied]?.algorithm))
  return (index) => candidateText(replayed[index] as Replayed, today, algorithms.size > 1)
}

function quietSentence({ quiet, asked }: Tuning): string {
  const all = asked.reduce((sum, day) => sum + day.asked, 0)
  const are = quiet.descriptors === 1 ? 'is' : 'are'
  return `Quiet ${are} the ${counted(quiet.descriptors, 'descriptor')} ${quietText(quiet)}, with ${percentText(quiet.requests, all)} of the requests.`
}

function chosenSentences(
  { yardstick }: Tuning,
  recommendation: Recommendation & { kind: 'chosen' },
  objective: Objective,
  nameOf: (index: number) => string,
): string[] {
  const { options, chosen, rule, tighter, wider, sensitivity } = recommendation
  const option = (index: number) => options[index] as Option
  const meeting = options.filter(({ shortfalls }) => shortfalls.length === 0).length
  const why =
    rule === 'protects-most'
      ? 'it lets the least through at once, and of those that let as little through it refuses the least'
      : 'it refuses the least, of quiet descriptors first'
  const others = meeting === 1 ? 'It alone' : `It and ${counted(meeting - 1, 'other')}`
  const beside = (what: string, index: number | undefined) =>
    index === undefined || index === chosen
      ? []
      : [`${what} ${optionText(option(index), yardstick)}. ${meetsText(option(index), objective)}`]
  return [
    `It ${optionText(option(chosen), yardstick)}. ${others} of ${options.length} ${meeting === 1 ? 'meets' : 'meet'} the objective${meeting === 1 ? '' : `; of these, ${why}`}.`,
    ...edgeTexts(recommendation),
    ...beside("Today's", 0),
    ...(tighter === 0 || tighter === undefined
      ? []
      : beside(`Tighter is ${nameOf(tighter)}, which`, tighter)),
    ...(wider === 0 || wider === undefined ? [] : beside(`Wider is ${nameOf(wider)}, which`, wider)),
    sensitivitySentence(sensitivity, nameOf),
  ]
}

/** Says where what was tried ends before what could be better; nothing where it does not. */
function edgeTexts({ options, chosen, rule, tighter, wider }: Recommendation & { kind: 'chosen' }): string[] {
  if (rule === 'protects-most' && tighter === undefined) {
    return ['Nothing that lets less through was tried, and it might do as well: add tighter limits.']
  }
  const refuses = (options[chosen] as Option).refused > 0
  return rule === 'refuses-least' && wider === undefined && refuses
    ? ['Nothing that lets more through was tried, and it might do as well: add wider limits.']
    : []
}

function meetsText(option: Option, objective: Objective): string {
  const texts = shortfallTexts(option, objective)
  return texts.length === 0 ? 'It meets the objective too.' : `It misses the objective: ${texts.join('; ')}.`
}

/** How much the choice hangs on the days, in a sentence. */
function sensitivitySentence(sensitivity: Sensitivity, nameOf: (index: number) => string): string {
  if (sensitivity.kind === 'cannot-tell') {
    const { days, daysNeeded } = sensitivity
    return `Whether other days would change the choice: cannot tell. The requests are of ${counted(days, 'day')} (UTC), and ${daysNeeded} at least are needed: give a longer history.`
  }
  const { choices, draws, days, seed } = sensitivity
  const words = choices
    .slice(0, mostChoices)
    .map(
      ({ candidate, share }) =>
        `${candidate === undefined ? 'none would meet the objective' : `it would be ${nameOf(candidate)}`} in ${percentText(share, 1)}`,
    )
  const more = choices.slice(mostChoices).reduce((sum, { share }) => sum + share, 0)
  const rest = more > 0 ? `, and others in ${percentText(more, 1)}` : ''
  return `Had other days come, of ${draws} draws of ${days} days from these (seed ${seed}): ${words.join(', ')}${rest}. A day worse than all of these is in none of them.`
}

const mostChoices = 4

function settingLines({ settings, yardstick }: Tuning, view: View, style: Style): string[] {
  if (settings.length === 0) return []
  const lines = settings.flatMap((setting) => [
    ...paragraph(setting.platform, view.width, 2).map(style.strong),
    // What is one line stays whole, so that it can be copied.
    ...(setting.text.trimEnd().includes('\n') ? [] : [`  ${setting.text.trimEnd()}`]),
    ...[...setting.remarks, ...amountsToTexts(setting, yardstick)].flatMap((remark) =>
      listItem('- ', remark, view.width, 2),
    ),
  ])
  return ['IN THE WORDS OF PLATFORMS', ...lines, '']
}

/** What a platform's version of the limits would have done, in a sentence; none where that is not known. */
export function amountsToTexts({ amountsTo, outcome }: ReplayedSetting, yardstick: Stretch): string[] {
  if (amountsTo === undefined || outcome === undefined) return []
  const limits = amountsTo
    .map((limit) => `${limit.scope} ${limitText(limit)} as ${limit.algorithm}`)
    .join(', ')
  return [`It amounts to ${limits}. Replayed, that ${optionText(outcome, yardstick)}.`]
}
