import { deflateRawSync } from 'node:zlib'
import { backgroundSection } from './background-section.ts'
import { clientCode } from './client-code.ts'
import { htmlDocument } from './document.ts'
import { html } from './html.ts'
import type { ReportInput } from './input.ts'
import { latencySection } from './latency-section.ts'
import { limitSection, proof } from './limit-section.ts'
import { makeModel } from './make-model.ts'
import { overview } from './overview.ts'
import { reproduceSection } from './reproduce-section.ts'
import { outcomeRuns } from './runs.ts'
import { scheduleSection } from './schedule-section.ts'

/**
 * A run as one HTML file that needs nothing else: no network, no fonts, no other files. Whatever comes
 * from outside is escaped.
 * @param mostRows of more requests than this, those between the edges are thinned out.
 * @throws {ClientCodeError} where the page's script cannot be made: the installation is incomplete.
 */
export async function renderHtml(input: ReportInput, mostRows?: number): Promise<string> {
  const { result, history, plan } = input
  const { script, style } = await clientCode()
  const { model, bytes } = makeModel(input, mostRows)
  const together = result.certificates ?? []
  const body = html`<a class="skip" href="#verdict">To the verdict</a>
<header><span class="product">Onset</span><span class="run">${result.run?.id ?? history.tool}</span><button type="button" id="theme" aria-pressed="false">Dark</button></header>
<main>
${overview(result)}
<noscript><p class="note">The plots need JavaScript, which is in this file. All that they show is in the tables too.</p></noscript>
${model.sampledFrom === undefined ? undefined : html`<p class="note">The timelines hold ${model.rows.count} of ${model.sampledFrom} requests: of each run of equal outcomes the first and the last, and an even choice of those between. Counts and figures are those of all.</p>`}
${together.map((certificate) => html`<section class="limit"><h2>Several limits together</h2>${proof(certificate, '', false)}</section>`)}
${result.limits.map((limit, index) => {
  const view = model.limits[index] as (typeof model.limits)[number]
  const runs = outcomeRuns(history, view.cells[view.shown]?.descriptors ?? [])
  return limitSection({ limit, view, index, runs, startedAtMs: history.startedAtMs })
})}
${latencySection(result, model)}
${scheduleSection(model.schedule, plan !== undefined)}
${backgroundSection(result)}
${reproduceSection(input)}
</main>`
  return htmlDocument({
    title: `Onset: ${result.verdict}${result.run?.id ? ` (${result.run.id})` : ''}`,
    body,
    style,
    client: { script, model, rowsBase64: deflateRawSync(bytes).toString('base64') },
  })
}
