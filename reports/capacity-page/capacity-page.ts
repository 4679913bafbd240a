import { type CapacityDocument, overLimit, rateText } from '../../lib/capacity/index.ts'
import { clientCode, type Html, html, htmlDocument, table } from '../html/index.ts'
import {
  capacitySentences,
  capacityVerdict,
  counted,
  latencyFigures,
  millisecondsText,
  refusingRows,
  spanText,
} from '../terminal/index.ts'
import { panelPlot } from './panel.ts'
import { panelsOf } from './panels.ts'
import { plotStyle } from './style.ts'

/**
 * What a search found as one HTML file that needs nothing else, and runs nothing: the answer, plots over
 * the rate, every step in figures, both clients. Whatever comes from outside is escaped.
 * @throws {ClientCodeError} where the style that all reports share cannot be made.
 */
export async function capacityPage(document: CapacityDocument): Promise<string> {
  const { style } = await clientCode()
  const { answer, steps, run, opinions, refusing } = document
  const [lead, ...more] = capacitySentences(document)
  const body = html`<header><span class="product">Onset</span><span class="run">capacity, run ${run.id}</span></header>
<main>
<div class="answer ${capacityVerdict(document)}"><p class="lead">${lead}</p>${[...more, ...answer.reasons].map((words) => html`<p>${words}</p>`)}</div>
${refusing && html`<section><h2>What refusing costs</h2>${refusingTable(refusing)}</section>`}
${steps.length > 0 ? stepSections(document) : undefined}
${opinions && html`<section><h2>Second opinion</h2><p>${opinions.words}</p>${opinionTable(opinions)}</section>`}
<section><h2>Run</h2><p>${runWords(document)}</p></section>
</main>`
  return htmlDocument({ title: `Capacity, run ${run.id}`, style: style + plotStyle, body })
}

function stepSections(document: CapacityDocument): Html {
  const { answer, steps } = document
  const rates = {
    all: steps.map(({ ratePerSecond }) => ratePerSecond),
    met: answer.metPerSecond,
    missed: answer.missedPerSecond,
  }
  return html`<section><h2>Over the rate</h2>
<p>Green: the objective is surely met. Red: it is surely missed. Between them it cannot be told. Bars are between which bounds a share lies.</p>
${panelsOf(steps).map((panel) => panelPlot(panel, rates))}</section>
<section><h2>Steps</h2>${stepTable(document)}</section>`
}

const number = (heading: string) => ({ heading, isNumber: true })

function stepTable({ steps }: CapacityDocument): Html {
  const ms = (value: number | undefined) => (value === undefined ? '–' : millisecondsText(value))
  const rows = steps
    .toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
    .map(({ ratePerSecond, verdict, firedMs, judged, cut, correlated, latency, client, reasons }) => [
      rateText(ratePerSecond),
      verdict,
      spanText(firedMs),
      `${judged}`,
      `${cut}`,
      correlated.toFixed(0),
      ms(latency?.p50Ms),
      ms(latency?.p90Ms),
      ms(latency?.p99Ms),
      ms(client.lateness.p99Ms),
      reasons.join(' '),
    ])
  return table(
    'Every rate; times in milliseconds. Of “together” requests each tells as much as one that depends on no other.',
    [
      { heading: 'Rate', isShort: true },
      { heading: 'Verdict', isShort: true },
      ...['Fired', 'Judged', 'Warm-up', 'Together', 'p50', 'p90', 'p99', 'Late'].map(number),
      { heading: 'Why', isProse: true },
    ],
    rows,
  )
}

function refusingTable(refusing: NonNullable<CapacityDocument['refusing']>): Html {
  return table(
    `Half of the limit, and ${overLimit} times it; milliseconds`,
    [{ heading: 'Requests', isShort: true }, ...figureColumns],
    refusingRows(refusing),
  )
}

const figureColumns = ['Count', 'p50', 'p90', 'p99'].map(number)

function opinionTable({ k6, autocannon, ratePerSecond }: NonNullable<CapacityDocument['opinions']>): Html {
  const rows = [
    latencyFigures('k6', k6),
    ...(autocannon.kind === 'given' ? [latencyFigures('autocannon', autocannon)] : []),
  ]
  return table(
    `Two clients at ${rateText(ratePerSecond)}, in milliseconds`,
    [{ heading: 'Client', isShort: true }, ...figureColumns],
    rows,
  )
}

function runWords({ run, traffic, firings, spread }: CapacityDocument): string {
  const sources = traffic.descriptors.length
  const among = sources === 1 ? '' : `, for ${sources} descriptors in turn`
  const tools = Object.entries(run.tools).map(([name, version]) => `${name} ${version}`)
  const over = spread.map(
    ({ needed, scope, limit, has }) =>
      ` “${limit}” takes ${counted(needed, 'value')} of ${scope} at the highest rate; the load was spread over ${has}.`,
  )
  return `${run.target.urls.join(', ') || run.target.kind}, from ${run.startedAt} to ${run.endedAt}, by ${tools.join(', ')}. ${firings.length} firings, ${traffic.arrivals} arrivals${among}.${over.join('')}`
}
