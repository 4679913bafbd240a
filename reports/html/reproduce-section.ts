import type { Plan } from '../../lib/plan/index.ts'
import { escapeLines } from './escape.ts'
import { asHtml, type Html, html } from './html.ts'
import type { ReportInput } from './input.ts'
import { foldable, table } from './table.ts'

/** All that it takes to get to this report again: commands, versions, seed, spec and plan. */
export function reproduceSection({ result, history, specText, plan, commands }: ReportInput): Html {
  const { run } = result
  const tools = Object.entries(run?.tools ?? {})
  const facts = [
    ...(run?.id ? [['Run', run.id]] : []),
    ...(run?.startedAt
      ? [['Started', run.startedAt]]
      : [['Started', new Date(history.startedAtMs).toISOString()]]),
    ...(run?.endedAt ? [['Ended', run.endedAt]] : []),
    ...(run?.target ? [['Target', [run.target.kind, ...run.target.urls].join(' ')]] : []),
    ['Recorded by', history.tool],
    ...(run?.seed === undefined ? [] : [['Seed', String(run.seed)]]),
    ...(tools.length > 0
      ? [['Versions', tools.map(([name, version]) => `${name} ${version}`).join(', ')]]
      : []),
  ]
  return html`<section aria-labelledby="reproduce">
<h2 id="reproduce">How to get here again</h2>
${commands.map(({ what, typed }) => html`<p class="command">${what}<br><code>${typed}</code></p>\n`)}
${table('Which run this is', [{ heading: 'What' }, { heading: 'Value' }], facts)}
${specText === undefined ? undefined : foldable('The spec in effect', lines(specText))}
${plan ? foldable('The plan', html`<p>${planText(plan)}</p>${lines(JSON.stringify(plan, undefined, 2))}`) : undefined}
</section>`
}

function lines(text: string): Html {
  return html`<pre tabindex="0">${asHtml(escapeLines(text))}</pre>`
}

function planText({ fills, watches, maxRequests, deadlineMs }: Plan): string {
  const bursts = fills.map(
    ({ descriptor, count, ratePerSecond }) => `${count} of ${descriptor} at ${ratePerSecond}/s`,
  )
  const opening = bursts.length === 0 ? 'no opening burst' : `opening with ${bursts.join(' and ')}`
  return `${opening}, then ${watches.length} watched until ${deadlineMs / 1000} s at the latest; never more than ${maxRequests} requests.`
}
