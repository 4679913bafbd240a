import type { Plan } from '../../lib/plan/index.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { counted, spanText, windowText } from './amounts.ts'
import { createStyle } from './style.ts'
import { table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { paragraph } from './wrap.ts'

/** What a run would do: shown instead of doing it. */
export interface Intent {
  /** Addresses, or what stands for them. */
  to: readonly string[]
  limits: readonly Limit[]
  /** Names of limits that nothing is sent for. */
  leftOut?: readonly string[]
  plan: Plan
  /** API requests at most to make ready and to clean up, beside the plan's own. */
  besideAtMost: number
  /** The same to read back what became of the alerts. */
  readBackAtMost?: number
  /** The field of the spec with the key that these are made with. */
  besideKey?: string
  /** Integrations that are there already, in the order of the descriptors; left out, they are made. */
  named?: readonly string[]
  /** How long nothing is sent first. */
  quietMs: number
}

/** How many requests at most, to where, for how long, at what rate. */
export function renderIntent(
  {
    to,
    limits,
    leftOut = [],
    plan,
    besideAtMost,
    readBackAtMost = 0,
    besideKey = 'apiKey',
    named,
    quietMs,
  }: Intent,
  view: View,
): string {
  const style = createStyle(view.color)
  const names = (kind: string) =>
    plan.descriptors.filter((each) => each.kind === kind).map(({ name }) => name)
  const alerts = names('alert')
  const lists = names('list')
  const callers = names('request')
  const rows = limits.map(({ name, limit, window, scope }) => [
    { text: visible(name) },
    { text: `${limit} in ${windowText(window / 1000)}` },
    { text: visible(scope) },
  ])
  const columns = [{ heading: 'LIMIT' }, { heading: 'AT MOST' }, { heading: 'SCOPE' }]
  const what = [
    ...(alerts.length > 0
      ? [`alerts to ${counted(alerts.length, 'integration')} ${whichOnes(alerts, named)}`]
      : []),
    ...(lists.length > 0 ? ['API requests with the key (lists of alert groups)'] : []),
    ...(callers.length > 0
      ? [`requests of ${counted(callers.length, 'caller')} (${callers.map(visible).join(', ')})`]
      : []),
  ]
  const sentences = [
    `Would send at most ${counted(plan.maxRequests, 'request')} to ${to.map(visible).join(', ')}, at most ${plan.maxRatePerSecond} a second, for at most ${spanText(plan.deadlineMs)}: ${what.join('; ')}.`,
    ...(plan.rations ?? []).map(
      ({ most, windowMs }) =>
        `Of the organization's limit at most ${counted(most, 'alert')} in ${windowText(windowMs < 10_000 ? Math.round(windowMs / 100) / 10 : Math.round(windowMs / 1000))} would be used; the rest is left to others.`,
    ),
    ...(leftOut.length > 0
      ? [`Nothing would be sent for ${leftOut.map((name) => `"${visible(name)}"`).join(', ')}.`]
      : []),
    ...(besideAtMost > 0
      ? [
          `Besides, at most ${counted(besideAtMost, 'API request')} to make ready and to clean up${named ? ', more where routes fill several pages,' : ''} with ${besideKey}: they are recorded${besideKey === 'apiKey' ? ', and judged with the others' : ''}.`,
        ]
      : []),
    ...(readBackAtMost > 0
      ? [
          `After it, what became of the alerts would be read back with the same key: two requests for each integration if all is well, at most ${readBackAtMost} in all; --no-reconcile leaves that out.`,
        ]
      : []),
    ...(quietMs > 0
      ? [
          `Before that it would send nothing for ${spanText(quietMs)}, so that nothing from before counts; "startsEmpty: true" at a limit says that this is not needed, --no-wait leaves it out.`,
        ]
      : []),
    'Nothing was sent.',
  ]
  const blocks = [
    table(columns, rows, view.width, style.faint).flat(),
    sentences.flatMap((sentence) => paragraph(sentence, view.width, 0)),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function whichOnes(alerts: readonly string[], named: readonly string[] | undefined): string {
  if (!named) return `made for the run (${alerts.join(', ')})`
  return `of the spec (${alerts.map((alert, index) => `${alert}: ${visible(named[index] ?? '?')}`).join(', ')})`
}
