import { type Replayed, replayNotes, type Tuning } from '../../lib/tune/index.ts'
import {
  asHtml,
  clientCode,
  escapeLines,
  foldable,
  type Html,
  html,
  htmlDocument,
  table,
} from '../html/index.ts'
import {
  amountsToTexts,
  candidateText,
  counted,
  percentText,
  recommendationTexts,
  spanText,
} from '../terminal/index.ts'
import { frontierPlot } from './frontier-plot.ts'
import { plotStyle } from './style.ts'
import { timelinePlot } from './timeline-plot.ts'

/**
 * What came of a replay as one HTML file that needs nothing else, and runs nothing: what is recommended,
 * the frontier, what would have been refused when, and every limit that was tried. Whatever comes from
 * outside is escaped.
 * @throws {ClientCodeError} where the style that all reports share cannot be made.
 */
export async function renderTuningPage(tuning: Tuning): Promise<string> {
  const { replayed, recommendation, calendar } = tuning
  const today = replayed[0] as Replayed
  const { style } = await clientCode()
  const algorithms = new Set(replayed.map(({ candidate }) => candidate.limits[candidate.varied]?.algorithm))
  const names = replayed.map((each) => candidateText(each, today, algorithms.size > 1))
  const chosen = recommendation?.kind === 'chosen' ? recommendation.chosen : undefined
  const other = chosen === undefined || chosen === 0 ? undefined : replayed[chosen]
  const body = html`<header><span class="product">Onset</span><span class="run">what other limits would have done</span></header>
<main>
${headSection(tuning)}
${
  recommendation &&
  html`<section><h2>The frontier</h2>
<p>Each dot is a set of limits. Those that no other beats are joined: going along the line, less is refused and more let through at once.</p>
<ul class="key" aria-label="What the signs mean">${[
    ['chosen', 'recommended'],
    ['today', 'today'],
    ['meets', 'meets the objective'],
    ['misses', 'misses it'],
  ].map(keyEntry)}</ul>
<div class="side-by-side">${frontierPlot(recommendation, names, tuning.yardstick, 'all')}${frontierPlot(recommendation, names, tuning.yardstick, 'quiet')}</div></section>`
}
<section><h2>What would have been refused, and when</h2>
<ul class="key" aria-label="What the signs mean">${[
    ['asked', 'all requests'],
    ['refused-today', "refused by today's limits"],
    ...(other ? [['refused', 'refused by what is recommended']] : []),
  ].map(keyEntry)}</ul>
${timelinePlot(calendar, today, other)}</section>
${descriptorSection(today, other)}
${settingsSection(tuning)}
<section><h2>All that was tried</h2>${allTable(tuning, names)}
<ul>${replayNotes(replayed).map((note) => html`<li class="note">${note}</li>`)}</ul></section>
</main>`
  return htmlDocument({
    title: 'Onset: what other limits would have done',
    body,
    style: `${style}${plotStyle}`,
  })
}

function headSection(tuning: Tuning): Html {
  const texts = recommendationTexts(tuning)
  const { replayed, calendar } = tuning
  const { accepted, refused, descriptors } = replayed[0] as Replayed
  const what = `${counted(accepted + refused, 'request')} of ${counted(descriptors.length, 'descriptor')} in ${counted(calendar.days, 'day')} (UTC), replayed through ${counted(replayed.length, 'set')} of limits.`
  if (texts === undefined)
    return html`<section class="overview"><h1>What other limits would have done</h1><p>${what}</p></section>`
  const { headline, verdict, wanted, reasons } = texts
  return html`<section class="overview ${verdict}"><h1>${headline}</h1><p>${what}</p>
<p>Wanted:</p><ul>${wanted.map((each) => html`<li>${each}</li>`)}</ul>
${reasons.map((reason) => html`<p>${reason}</p>`)}</section>`
}

function keyEntry([kind, words]: readonly string[]): Html {
  return html`<li><span class="swatch ${kind}"></span>${words}</li>`
}

const mostDescriptors = 50

/** Whom today's limits and what is recommended refuse, most refused first. */
function descriptorSection(today: Replayed, other: Replayed | undefined): Html | undefined {
  const rows = today.descriptors
    .map((of, index) => ({ of, by: other?.descriptors[index] }))
    .filter(({ of, by }) => of.refused > 0 || (by?.refused ?? 0) > 0)
    .toSorted((one, another) => another.of.refused - one.of.refused)
  if (rows.length === 0) return undefined
  const number = (heading: string) => ({ heading, isNumber: true })
  const columns = [
    { heading: 'descriptor' },
    number('requests'),
    number('refused today'),
    number('longest'),
    ...(other ? [number('refused by what is recommended'), number('longest')] : []),
  ]
  const cells = rows
    .slice(0, mostDescriptors)
    .map(({ of, by }) => [
      of.name,
      `${of.accepted + of.refused}`,
      `${of.refused}`,
      of.refused === 0 ? '-' : spanText(of.longestRefusalMs),
      ...(by ? [`${by.refused}`, by.refused === 0 ? '-' : spanText(by.longestRefusalMs)] : []),
    ])
  const left = rows.length - cells.length
  const more = left > 0 ? html`<p class="note">And ${left} more, which --json has.</p>` : undefined
  return html`<section><h2>Who would have been refused</h2>${table('Descriptors that were refused, most refused first', columns, cells)}${more}</section>`
}

function settingsSection({ settings, yardstick }: Tuning): Html | undefined {
  if (settings.length === 0) return undefined
  return html`<section><h2>In the words of platforms</h2>${settings.map(
    (setting) => html`<h3>${setting.platform}</h3>
<ul>${[...setting.remarks, ...amountsToTexts(setting, yardstick)].map((remark) => html`<li>${remark}</li>`)}</ul>
<pre tabindex="0">${asHtml(escapeLines(setting.text))}</pre>`,
  )}</section>`
}

function allTable({ replayed, recommendation }: Tuning, names: readonly string[]): Html {
  const number = (heading: string) => ({ heading, isNumber: true })
  const columns = [
    { heading: 'limits' },
    number('refused'),
    ...(recommendation ? [number('of quiet')] : []),
    number('in any second'),
    number('in any window'),
    number('let in'),
    number('shut out'),
    ...(recommendation ? [{ heading: 'meets the objective' }] : []),
  ]
  const rows = replayed.map((each, index) => {
    const option = recommendation?.options[index]
    return [
      names[index] as string,
      percentText(each.refused, each.accepted + each.refused),
      ...(option ? [percentText(option.quietRefused, option.quietAsked)] : []),
      `${each.worstSecond}`,
      `${each.worstWindow}`,
      `${each.newlyAccepted}`,
      `${each.newlyRefused}`,
      ...(option ? [option.shortfalls.length === 0 ? 'yes' : 'no'] : []),
    ]
  })
  return foldable(
    `${counted(replayed.length, 'set')} of limits`,
    table('Limits that were tried', columns, rows),
  )
}
