import { type Html, html } from '../html/index.ts'
import { type LogScale, logScale } from './log-scale.ts'

/** What a panel shows of one rate: a value, and between which bounds it lies, where that is known. */
export interface Mark {
  ratePerSecond: number
  value: number
  least?: number
  most?: number
  /** What is said where somebody points at it. */
  words: string
}

/** One line of a panel. */
export interface Line {
  name: string
  /** The class that colours it. */
  look: 'first' | 'second' | 'third'
  marks: readonly Mark[]
}

/** A plot over the rate. */
export interface Panel {
  title: string
  unit: (value: number) => string
  lines: readonly Line[]
  /** What is allowed, as a line across. */
  bound?: { value: number; words: string }
}

/** The rates that all panels share, and between which of them the answer lies. */
export interface Rates {
  all: readonly number[]
  met?: number
  missed?: number
}

const width = 860
const height = 210
const frame = { left: 74, right: 130, top: 26, bottom: 34 }

/** A plot over the rate, both axes logarithmic, with the answer as a band behind it. */
export function panelPlot({ title, unit, lines, bound }: Panel, rates: Rates): Html {
  const x = logScale(rates.all, frame.left, width - frame.right)
  const values = lines.flatMap(({ marks }) =>
    marks.flatMap(({ value, least, most }) => [value, least ?? value, most ?? value]),
  )
  const y = logScale([...values, ...(bound ? [bound.value] : [])], height - frame.bottom, frame.top)
  return html`<figure tabindex="0"><figcaption>${title}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<text class="title" x="${frame.left}" y="15">${title}</text>
${band(rates, x)}
${y.ticks.map(({ value, place }) => html`<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${place}" y2="${place}"/><text class="tick" x="${frame.left - 8}" y="${place + 4}" text-anchor="end">${unit(value)}</text>`)}
${x.ticks.map(({ value, place }) => html`<line class="grid" x1="${place}" x2="${place}" y1="${frame.top}" y2="${height - frame.bottom}"/><text class="tick" x="${place}" y="${height - frame.bottom + 16}" text-anchor="middle">${value}/s</text>`)}
${bound && boundLine(bound, y)}
${labelled(lines, y).map(({ line, labelY }) => lineOf(line, x, y, labelY))}
</svg></figure>
`
}

/** Where the objective is met, where it is missed, and what lies between. */
function band({ met, missed, all }: Rates, x: LogScale): Html {
  const [least, most] = [frame.left, width - frame.right]
  const low = met === undefined ? least : x.at(met)
  const high = missed === undefined ? most : x.at(missed)
  const part = (look: string, from: number, to: number, words: string) =>
    to - from < 0.5
      ? undefined
      : html`<rect class="${look}" x="${from}" y="${frame.top}" width="${to - from}" height="${height - frame.top - frame.bottom}"><title>${words}</title></rect>`
  if (all.length === 0) return html``
  return html`${met === undefined ? undefined : part('met', least, low, 'surely met')}${part('open', low, high, 'between the ends of the answer')}${missed === undefined ? undefined : part('missed', high, most, 'surely missed')}`
}

function boundLine({ value, words }: NonNullable<Panel['bound']>, y: LogScale): Html {
  const place = y.at(value)
  return html`<line class="bound" x1="${frame.left}" x2="${width - frame.right}" y1="${place}" y2="${place}"/><text class="bound-words" x="${frame.left + 6}" y="${place - 5}">${words}</text>`
}

/** Names stand at the right of their lines, one below the other. */
function labelled(lines: readonly Line[], y: LogScale): { line: Line; labelY: number }[] {
  const shown = lines.filter(({ marks }) => marks.length > 0)
  const wanted = shown
    .map((line) => ({ line, labelY: y.at((line.marks.at(-1) as Mark).value) + 4 }))
    .toSorted((one, other) => one.labelY - other.labelY)
  let lowest = Number.NEGATIVE_INFINITY
  return wanted.map(({ line, labelY }) => {
    lowest = Math.max(labelY, lowest + 15)
    return { line, labelY: lowest }
  })
}

function lineOf({ name, look, marks }: Line, x: LogScale, y: LogScale, labelY: number): Html {
  const points = marks.map(({ ratePerSecond, value }) => `${x.at(ratePerSecond)},${y.at(value)}`).join(' ')
  return html`<g class="${look}"><polyline points="${points}"/>
${marks.map((mark) => markOf(mark, x, y))}
<text x="${width - frame.right + 8}" y="${labelY}">${name}</text></g>`
}

function markOf({ ratePerSecond, value, least, most, words }: Mark, x: LogScale, y: LogScale): Html {
  const place = x.at(ratePerSecond)
  const bar =
    least === undefined || most === undefined
      ? undefined
      : html`<line class="bar" x1="${place}" x2="${place}" y1="${y.at(least)}" y2="${y.at(most)}"/>`
  return html`${bar}<circle cx="${place}" cy="${y.at(value)}" r="3.5"><title>${words}</title></circle>`
}
