import type { Inquiry } from '../../lib/conform/index.ts'
import { counted, spanText } from './amounts.ts'
import { createStyle } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { listItem, paragraph } from './wrap.ts'

/** What asking would cost, before anything is sent. */
export function renderInquiry(inquiry: Inquiry, view: View): string {
  const style = createStyle(view.color)
  const { steps, integrations, unasked, apiRequests, alerts, ms } = inquiry
  const rows = steps.map(({ experiment, asked, cost }): Cell[] =>
    [
      experiment.name,
      `${asked.size}`,
      `${cost.apiRequests || ''}`,
      `${cost.alerts || ''}`,
      spanText(cost.ms),
    ].map((text) => ({ text })),
  )
  const columns = [
    { heading: 'EXPERIMENT' },
    { heading: 'QUESTIONS', align: 'right' as const },
    { heading: 'API REQUESTS', align: 'right' as const },
    { heading: 'ALERTS', align: 'right' as const },
    { heading: 'UP TO', align: 'right' as const },
  ]
  const lines = [
    ...table(columns, rows, view.width, style.faint).flat(),
    '',
    ...paragraph(
      `At most ${counted(apiRequests, 'API request')} and ${counted(alerts, 'alert')}, through ${counted(integrations.length, 'integration')} that notify nobody and are removed afterwards; up to ${spanText(ms)}, with a tenth of a second for each request. Nothing was sent.`,
      view.width,
      0,
    ),
    ...unasked.flatMap(({ question, why }) =>
      listItem('- ', `${question} cannot be asked: ${why}`, view.width, 0),
    ),
  ]
  return `${lines.join('\n')}\n`
}
