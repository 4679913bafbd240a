import type { Explanation, LimitResult, Onset } from '../../lib/result/index.ts'
import { rangeText, spanText, windowText } from './amounts.ts'
import { createStyle, verdictWords } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { paragraph } from './wrap.ts'

const columns = [
  { heading: 'LIMIT' },
  { heading: 'AT MOST' },
  { heading: 'VERDICT' },
  { heading: 'ONSET' },
  { heading: 'RECOVERY' },
]

/** One row a limit: what was written down, the verdict, where 429s began and when they ended. */
export function limitsTable(limits: readonly LimitResult[], view: View): string[] {
  const style = createStyle(view.color)
  const rows = limits.map((limit): Cell[] => [
    { text: visible(limit.name) },
    { text: `${limit.limit} in ${windowText(limit.windowSeconds)}` },
    { text: verdictWords[limit.verdict], paint: (text) => style.verdict(limit.verdict, text) },
    { text: onsetText(limit.onset) },
    { text: recoveryText(limit.onset) },
  ])
  const [heading = [], ...lines] = table(columns, rows, view.width, style.faint)
  return [
    ...heading,
    ...lines.flatMap((row, index) => [
      ...row,
      ...explained((limits[index] as LimitResult).explainedBy ?? [], view).map(style.faint),
    ]),
  ]
}

/** Where refusals began, for a table. */
export function onsetText(onset: Onset | undefined): string {
  return onset ? `${visible(onset.descriptor)} after ${rangeText(onset.acceptedBefore)}` : 'not reached'
}

/** How long they lasted, for a table. */
export function recoveryText(onset: Onset | undefined): string {
  if (!onset) return ''
  if (onset.recoveredAt === undefined) return 'not seen'
  return `after ${spanText(onset.recoveredAt - onset.firstLimitedAt)}`
}

function explained(explanations: readonly Explanation[], view: View): string[] {
  if (explanations.length === 0) return []
  return paragraph(`explained by ${explanationTexts(explanations).join('; ')}`, view.width, 2)
}

/** What explains a history, a text for each algorithm. */
export function explanationTexts(explanations: readonly Explanation[]): string[] {
  return [...new Set(explanations.map(({ algorithm }) => algorithm))].map((algorithm) =>
    explanationText(
      algorithm,
      explanations.filter((each) => each.algorithm === algorithm),
    ),
  )
}

/** One algorithm; what several of its explanations differ in is not known, so it is not said. */
function explanationText(algorithm: string, explanations: readonly Explanation[]): string {
  const phases = explanations.flatMap(({ phaseMs }) => (phaseMs ? [phaseMs] : []))
  const refilled = explanations.some(({ refillSeconds }) => refillSeconds !== undefined)
  const limitedRequests = onlyOne(explanations.map((each) => each.limitedRequests ?? 'either'))
  const chargedWhenRefused = onlyOne(explanations.map((each) => each.chargedWhenRefused ?? 'either'))
  const details = [
    ...refillText(explanations),
    ...(phases.length === explanations.length
      ? [`${refilled ? 'a refill comes' : 'a window starts'} ${secondsText(phases)} s into the run`]
      : []),
    ...lastingText(explanations),
    ...(limitedRequests ? [`refused requests ${limitedRequests}`] : []),
    ...(chargedWhenRefused ? [`those that another limit refuses ${chargedWhenRefused}`] : []),
    ...new Set(explanations.flatMap(({ note }) => (note ? [visible(note)] : []))),
  ]
  return details.length === 0 ? algorithm : `${algorithm} (${details.join(', ')})`
}

/** How often a bucket is refilled, where it is at intervals. */
function refillText(explanations: readonly Explanation[]): string[] {
  const refills = new Set(explanations.flatMap(({ refillSeconds: seconds }) => seconds ?? []))
  return [...refills].map((seconds) => `refilled every ${Number(seconds.toFixed(6))} s`)
}

/** Between which lengths the window is known to lie, where that was looked for. */
function lastingText(explanations: readonly Explanation[]): string[] {
  const known = explanations.flatMap(({ windowSeconds }) => (windowSeconds ? [windowSeconds] : []))
  if (known.length === 0) return []
  return [`lasting ${secondsText(known.map(([from, to]) => [from * 1000, to * 1000] as const))} s`]
}

const charges = {
  counted: 'count',
  free: 'do not count',
  earlier: 'count if it comes later in the list',
  either: undefined,
} as const

function onlyOne(rules: readonly (keyof typeof charges)[]): string | undefined {
  const [first, ...others] = new Set(rules)
  return first === undefined || others.length > 0 ? undefined : charges[first]
}

function secondsText(phasesMs: readonly (readonly [number, number])[]): string {
  const from = (Math.min(...phasesMs.map(([ms]) => ms)) / 1000).toFixed(2)
  const to = (Math.max(...phasesMs.map(([, ms]) => ms)) / 1000).toFixed(2)
  return from === to ? from : `${from} to ${to}`
}
