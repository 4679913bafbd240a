import type { Certificate, LimitResult, Onset } from '../../lib/result/index.ts'
import { counted, explanationTexts, linesText, windowText } from '../terminal/index.ts'
import { type Html, html } from './html.ts'
import { instantText } from './instant.ts'
import type { LimitView } from './model.ts'
import { offeredCells } from './offered-cells.ts'
import { plotFrame } from './plot-frame.ts'
import type { OutcomeRun } from './runs.ts'
import { foldable, table } from './table.ts'
import { verdictBadge } from './verdict.ts'

/** What a limit's section is made of. */
export interface LimitParts {
  limit: LimitResult
  view: LimitView
  index: number
  /** The plot in words: runs of equal outcomes of the value that is shown first. */
  runs: OutcomeRun[]
  startedAtMs: number
}

/** One limit: its verdict in words, what proves it, its timeline, and the timeline as a table. */
export function limitSection(parts: LimitParts): Html {
  const { limit, view, index } = parts
  const { name, scope, windowSeconds, verdict, explanation, explainedBy = [], seen, certificate } = limit
  return html`<section class="limit" id="limit-${index + 1}" aria-labelledby="limit-${index + 1}-name">
<h2 id="limit-${index + 1}-name">${verdictBadge(verdict)} ${name}</h2>
<p class="terms">At most ${limit.limit} in ${windowText(windowSeconds)} for each ${scope}.</p>
<p>${explanation}</p>
${seen && !explanation.includes(seen.words) ? html`<p>Seen instead: ${seen.words}</p>` : undefined}
${limit.reason ? html`<p>Reason: ${limit.reason}.</p>` : undefined}
${limit.whatWouldSettleIt ? html`<p><strong>What would settle it:</strong> ${limit.whatWouldSettleIt}</p>` : undefined}
${explainedBy.length > 0 ? html`<p class="explained">Explained by ${explanationTexts(explainedBy).join('; ')}.</p>` : undefined}
${limit.foreignUse ? html`<p>If it was others, they used up ${counted(limit.foreignUse.unitsAtLeast, 'unit')} at least (line ${limit.foreignUse.record}).</p>` : undefined}
${certificate ? proof(certificate, explanation, true) : undefined}
${view.cells.length > 0 ? timeline(view, index) : html`<p class="note">No request carried this scope, so there is nothing to draw.</p>`}
${onsetTable(limit, parts.startedAtMs)}
${runsTable(parts)}
${rivalsTable(limit)}
</section>`
}

/** A certificate in words; what has been said already is not said again. */
export function proof(
  { kind, records, why, steps = [], descriptor, limits = [] }: Certificate,
  said: string,
  isDrawn: boolean,
): Html {
  const shown = steps.filter((step) => step.why !== why)
  const about = [kind, ...(descriptor === undefined ? [] : [descriptor]), ...limits].join(', ')
  const show = (step: number) =>
    isDrawn
      ? html` <button type="button" class="show-step" data-step="${step}">Show on the timeline</button>`
      : undefined
  const numberOf = (step: (typeof steps)[number]) => steps.indexOf(step)
  return html`<div class="proof">
<h3>Certificate (${about})</h3>
${why === said ? undefined : html`<p>${why}${show(-1)}</p>`}
${shown.length > 0 ? html`<ol>${shown.map((step) => html`<li>${step.why}${step.records.length > 0 ? show(numberOf(step)) : undefined}</li>\n`)}</ol>` : undefined}
<p class="note">It rests on ${counted(records.length, 'request')}: ${linesText(records)} of the history.</p>
</div>`
}

function timeline(view: LimitView, index: number): Html {
  const { name, cells, shown, windowUs } = view
  const offered = offeredCells(view)
  const options = offered.cells.map(
    ({ index: k, words }) =>
      html`<option value="${k}"${k === shown ? html` selected` : undefined}>${words}</option>`,
  )
  const others =
    offered.leftOut > 0
      ? html` <span>(${offered.cells.length} of ${cells.length}: those that met an onset, then the first ones)</span>`
      : undefined
  const choice =
    cells.length > 1
      ? html`<label class="choice">Requests of <select class="cell">${options}</select>${others}</label>`
      : html`<span class="choice">Requests of ${cells[0]?.value}</span>`
  return plotFrame({
    kind: 'timeline',
    title: `Every request against ${name}`,
    index,
    before: choice,
    hint: `Drag or use + and − to zoom, arrow keys to go from request to request, E to go to the next change. Ctrl and the wheel zoom too; once the plot has been clicked the wheel alone does. The window is ${windowText(windowUs / 1e6)}.`,
    isZoomable: true,
  })
}

function onsetTable({ onsets, onset }: LimitResult, startedAtMs: number): Html | undefined {
  const all = onsets ?? (onset ? [onset] : [])
  if (all.length === 0) return undefined
  const since = (unixMs: number) => instantText(unixMs - startedAtMs)
  const row = ({ descriptor, acceptedBefore: [least, most], firstLimitedAt, recoveredAt }: Onset) => [
    descriptor,
    least === most ? `${least}` : `${least} to ${most}`,
    since(firstLimitedAt),
    recoveredAt === undefined ? 'not seen' : since(recoveredAt),
  ]
  const shown = all.slice(0, mostOnsets)
  return foldable(
    `Onsets and recoveries (${all.length})`,
    html`${table(
      'Where refusals began and ended',
      [
        { heading: 'Descriptor' },
        { heading: 'Accepted before', isNumber: true },
        { heading: 'First refused', isNumber: true },
        { heading: 'Accepted again', isNumber: true },
      ],
      shown.map(row),
    )}${all.length > shown.length ? html`<p class="note">… and ${all.length - shown.length} more in the result as JSON.</p>` : undefined}`,
  )
}

const mostOnsets = 100

function runsTable({ runs, view }: LimitParts): Html | undefined {
  if (runs.length === 0) return undefined
  const shown = runs.slice(0, mostRuns)
  const value = view.cells[view.shown]?.value ?? ''
  return foldable(
    'The timeline as a table',
    html`${table(
      `Requests of ${value} in the order in which they were sent, those of the same outcome together`,
      [
        { heading: 'Outcome' },
        { heading: 'Requests', isNumber: true },
        { heading: 'First sent', isNumber: true },
        { heading: 'Last sent', isNumber: true },
        { heading: 'First line', isNumber: true },
        { heading: 'Last line', isNumber: true },
      ],
      shown.map(({ outcome, count, fromMs, toMs, lines }) => [
        outcome,
        String(count),
        instantText(fromMs),
        instantText(toMs),
        String(lines[0]),
        String(lines[1]),
      ]),
    )}${runs.length > shown.length ? html`<p class="note">… and ${runs.length - shown.length} more runs; the history has them all.</p>` : undefined}`,
  )
}

const mostRuns = 60

function rivalsTable({ rivals = [] }: LimitResult): Html | undefined {
  if (rivals.length === 0) return undefined
  const shown = rivals.slice(0, mostRivals)
  return foldable(
    `Neighbouring limits that were tried (${rivals.length})`,
    html`${table(
      'Would another limit explain the history as well?',
      [
        { heading: 'Limiter' },
        { heading: 'Limit' },
        { heading: 'Is it excluded?' },
        { heading: 'Remark', isProse: true },
      ],
      shown.map(({ algorithm, limit, windowSeconds, refuted, why }) => [
        algorithm,
        `${limit} in ${windowText(windowSeconds)}`,
        refuted ? 'yes, refuted' : 'no, it would explain it',
        why ?? '',
      ]),
    )}${rivals.length > shown.length ? html`<p class="note">… and ${rivals.length - shown.length} more in the result as JSON.</p>` : undefined}`,
  )
}

const mostRivals = 60
