import { type CandidateLimit, type Replayed, replayNotes, type Tuning } from '../../lib/tune/index.ts'
import { counted, spanText } from './amounts.ts'
import { fileList, type NamedFile } from './result.ts'
import { createStyle, type Style } from './style.ts'
import { type Cell, type Column, table } from './table.ts'
import { recommendationLines } from './tuning-choice.ts'
import { candidateText, percentText } from './tuning-words.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/**
 * What other limits would have done to what was asked of a platform, for people: a row a limit, today's
 * first. With an objective, those limits that no other beats, and which of them is recommended.
 */
export function renderTuning(tuning: Tuning, files: readonly NamedFile[], view: View): string {
  const { replayed, recommendation } = tuning
  const [today] = replayed
  if (today === undefined) return ''
  const style = createStyle(view.color)
  const algorithms = new Set(replayed.map((each) => varied(each).algorithm))
  const heading = `LIMIT PER ${visible(varied(today).scope).toUpperCase()}`
  const rows = replayed
    .filter((_, index) => recommendation === undefined || isShown(index, tuning))
    .map((each) => row(each, today, algorithms.size > 1))
  return [
    ...paragraph(headText(replayed, today, algorithms), view.width, 0),
    '',
    ...recommendationLines(tuning, view, style),
    ...table([{ heading }, ...columns], rows, view.width, style.faint).flat(),
    '',
    ...notes(tuning, style, view),
    ...(files.length > 0 ? ['', ...fileList(files, view)] : []),
    '',
  ].join('\n')
}

const right = (heading: string): Column => ({ heading, align: 'right' })
const columns = ['REFUSED', 'HIT', 'LONGEST', 'IN 1 S', 'IN WINDOW', 'LET IN', 'SHUT OUT'].map(right)

/** What the columns mean. */
const legend = [
  'REFUSED is the share of requests; HIT, how many descriptors were refused at all; LONGEST, the longest from a refused request to the next of the same descriptor that was let through. IN 1 S and IN WINDOW are the most that was let through for one value of the scope, within any second and any stretch as long as the window.',
  "LET IN are requests that today's limits refuse, SHUT OUT those that they let through.",
]

function notes({ replayed, recommendation }: Tuning, style: Style, view: View): string[] {
  const shown =
    recommendation === undefined
      ? []
      : [
          "Of the limits that were tried, those are shown that no other beats, and today's. --json and the page have all.",
        ]
  return [...shown, ...legend, ...replayNotes(replayed)]
    .flatMap((note) => listItem('- ', note, view.width, 0))
    .map(style.faint)
}

function isShown(index: number, { recommendation }: Tuning): boolean {
  if (recommendation === undefined || index === 0) return true
  const named =
    recommendation.kind === 'chosen'
      ? recommendation.chosen
      : recommendation.kind === 'none'
        ? recommendation.nearest
        : undefined
  return index === named || recommendation.options[index]?.onFrontier === true
}

function headText(replayed: readonly Replayed[], today: Replayed, algorithms: ReadonlySet<string>): string {
  const requests = counted(today.accepted + today.refused, 'request')
  const isSame = (index: number) =>
    replayed.every(({ candidate }) => candidate.limits[index] === today.candidate.limits[index])
  const tried = today.candidate.limits.filter((_, index) => !isSame(index)).map(({ name }) => visible(name))
  const stay = today.candidate.limits.length - tried.length
  const staying =
    stay === 0
      ? ''
      : ` ${counted(stay, 'other limit')} ${stay === 1 ? 'stays as it is' : 'stay as they are'}.`
  const alike = algorithms.size === 1 ? ` All are enforced as ${[...algorithms][0]}.` : ''
  const through =
    tried.length > 1
      ? `${counted(replayed.length, 'set')} of limits: ${tried.join(', ')}`
      : `${counted(replayed.length, 'limit')} of ${visible(varied(today).name)}`
  return `${requests} of ${counted(today.descriptors.length, 'descriptor')}, replayed through ${through}. The first is today's.${alike}${staying}`
}

function row(replayed: Replayed, today: Replayed, withAlgorithm: boolean): Cell[] {
  const hit = replayed.descriptors.filter(({ refused }) => refused > 0).length
  const isToday = replayed === today
  const texts = [
    candidateText(replayed, today, withAlgorithm),
    percentText(replayed.refused, replayed.accepted + replayed.refused),
    `${hit}`,
    replayed.refused === 0 ? '-' : spanText(replayed.longestRefusalMs),
    `${replayed.worstSecond}`,
    `${replayed.worstWindow}`,
    isToday ? '' : `${replayed.newlyAccepted}`,
    isToday ? '' : `${replayed.newlyRefused}`,
  ]
  return texts.map((text) => ({ text }))
}

function varied({ candidate }: Replayed): CandidateLimit {
  return candidate.limits[candidate.varied] as CandidateLimit
}
