import type { ExplainedLine, Reading } from '../../lib/result/index.ts'
import { windowText } from './amounts.ts'
import { createStyle } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/** So many reasons that name a line are shown at most. */
const shownReasons = 4

/**
 * The story of each line that was asked for, one block each: what stands there, and for a request what
 * it means to each limit that it met and what the certificates say about it.
 */
export function explainedLines(lines: readonly ExplainedLine[], view: View): string[][] {
  return lines.map((line) => story(line, view))
}

function story({ line, what, request, limits = [], reasons = [] }: ExplainedLine, view: View): string[] {
  const style = createStyle(view.color)
  const title = `LINE ${line}`
  const [first = '', ...rest] = listItem(`${title}  `, visible(what), view.width, 0)
  const heading = [style.faint(title) + first.slice(title.length), ...rest]
  if (!request) return heading
  const [from, to] = request.decidedMs
  return [
    ...heading,
    ...paragraph(`It was decided between ${instant(from)} and ${instant(to)}.`, view.width, 2),
    ...(request.looks === undefined
      ? []
      : paragraph(visible(`The refusal looks like this: "${request.looks}".`), view.width, 2)),
    ...(limits.length === 0
      ? paragraph('It met none of the limits: it carries none of their scopes.', view.width, 2)
      : limits.flatMap((met) => limitStory(met, view))),
    ...reasonStory(reasons, view),
  ]
}

function limitStory(
  { name, scope, value, limit, windowSeconds, readings }: NonNullable<ExplainedLine['limits']>[number],
  view: View,
): string[] {
  const title = `${name} (${scope} ${value}, ${limit} in ${windowText(windowSeconds)}):`
  return [
    ...paragraph(visible(title), view.width, 2),
    ...alike(readings).flatMap(([kinds, words]) =>
      listItem('- ', `${kinds.join('; ')}: ${words}`, view.width, 4),
    ),
  ]
}

/** Readings that come to the same words, with the kinds of limiter that they are of. */
function alike(readings: readonly Reading[]): [kinds: string[], words: string][] {
  const kindsByWords = new Map<string, string[]>()
  for (const reading of readings) {
    const words = readingText(reading)
    const kinds = kindsByWords.get(words) ?? []
    kindsByWords.set(words, [...new Set([...kinds, kindText(reading)])])
  }
  return [...kindsByWords].map(([words, kinds]) => [kinds, words])
}

const charges = { counted: 'count', free: undefined, earlier: 'count if it comes later in the list' } as const

function kindText({ algorithm, limitedRequests, chargedWhenRefused, rounding, standing }: Reading): string {
  const charge = charges[chargedWhenRefused]
  const details = [
    ...(standing === 'explains' ? [] : [standing === 'open' ? 'not excluded' : 'excluded']),
    ...(limitedRequests === 'counted' ? ['refused requests count'] : []),
    ...(charge ? [`those that another limit refuses ${charge}`] : []),
    ...(rounding === 'ceil' ? ['rounding up'] : []),
  ]
  return details.length === 0 ? algorithm : `${algorithm} (${details.join(', ')})`
}

const demands = {
  admit: 'had to let it through',
  refuse: 'had to be full',
  vacant: 'had to have room, since a later limit refused it',
  none: 'nothing is demanded of it, since the answer can be explained without it',
} as const

const countings = {
  surely: 'it counts',
  possibly: 'it may count',
  never: 'it does not count',
} as const

function readingText({ demand, counted, countedBefore, windowStartMs, witness }: Reading): string {
  const [surely, possibly] = countedBefore
  const units =
    possibly === null
      ? `at least ${surely}`
      : surely === possibly
        ? `${surely}`
        : `surely ${surely} and possibly ${possibly}`
  const window = windowStartMs ? `, in a window that starts ${rangeText(windowStartMs)}` : ''
  const seen = witness
    ? ` The witness has it decided at ${instant(witness.atMs)}, with ${witness.countedBefore} counted.`
    : ''
  return `${demands[demand]}; ${countings[counted]}. Counted before it: ${units}${window}.${seen}`
}

function reasonStory(reasons: NonNullable<ExplainedLine['reasons']>, view: View): string[] {
  if (reasons.length === 0) return []
  const more = reasons.length - shownReasons
  return [
    ...paragraph('It is in the certificate:', view.width, 2),
    ...reasons
      .slice(0, shownReasons)
      .flatMap(({ limits, why }) => listItem('- ', visible(`${limits.join(', ')}: ${why}`), view.width, 4)),
    ...(more > 0 ? paragraph(`… and ${more} more, which the result as JSON holds.`, view.width, 4) : []),
  ]
}

function rangeText([from, to]: readonly [number, number]): string {
  const [first, last] = [instant(from), instant(to)]
  return first === last ? `at ${first}` : `between ${first} and ${last}`
}

/** An instant as the time since the run's start: `+1.234 s`. */
function instant(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`
}
