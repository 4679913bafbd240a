import type { Calendar, Replayed } from '../../lib/tune/index.ts'
import { type Html, html } from '../html/index.ts'
import { bottomAxis, frame, leftAxis, plot } from './plot.ts'
import { type Scale, scaleTo } from './scale.ts'

const width = 1080
const height = 280

/** What was asked over time, and what today's limits and others would have refused of it. */
export function timelinePlot(calendar: Calendar, today: Replayed, other: Replayed | undefined): Html {
  const { asked, slices, sliceMs, startMs } = calendar
  const y = scaleTo(Math.max(...asked), height - frame.bottom, frame.top)
  const xOf = (slice: number) =>
    Number((frame.left + ((width - frame.right - frame.left) * slice) / slices).toFixed(1))
  const ticks = timeTicks(startMs, startMs + slices * sliceMs).map(({ atMs, word }) => ({
    x: xOf((atMs - startMs) / sliceMs),
    word,
  }))
  return plot(
    `Requests in each ${sliceText(sliceMs)}, and those that would have been refused`,
    width,
    height,
    html`${leftAxis(y, width, 'requests', String)}${bottomAxis(ticks, height, 'UTC', (frame.left + width - frame.right) / 2)}
<path class="asked" d="${area(asked, xOf, y)}"/>
${other && html`<path class="refused" d="${area(other.refusedOverTime, xOf, y)}"/>`}
<path class="refused-today" d="${steps(today.refusedOverTime, xOf, y)}"/>`,
  )
}

/** A line that is level within each slice. */
function steps(values: readonly number[], xOf: (slice: number) => number, y: Scale): string {
  return values
    .map((value, slice) => `${slice === 0 ? 'M' : 'L'}${xOf(slice)} ${y.at(value)}H${xOf(slice + 1)}`)
    .join('')
}

/** The same down to the axis. */
function area(values: readonly number[], xOf: (slice: number) => number, y: Scale): string {
  return `${steps(values, xOf, y)}V${y.at(0)}H${xOf(0)}Z`
}

const stepsMs = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 604_800].map((s) => s * 1000)

/** At most some eight places in time, at round ones. */
function timeTicks(fromMs: number, toMs: number): { atMs: number; word: string }[] {
  const stepMs = stepsMs.find((each) => (toMs - fromMs) / each <= 8) ?? (toMs - fromMs) / 8
  const count = Math.floor(toMs / stepMs) - Math.ceil(fromMs / stepMs) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const atMs = (Math.ceil(fromMs / stepMs) + index) * stepMs
    const [day, time] = new Date(atMs).toISOString().slice(0, 19).split('T') as [string, string]
    return { atMs, word: stepMs >= 86_400_000 ? day.slice(5) : stepMs >= 60_000 ? time.slice(0, 5) : time }
  })
}

function sliceText(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`
  return ms < 120_000
    ? `${Number((ms / 1000).toPrecision(3))} s`
    : `${Number((ms / 60_000).toPrecision(3))} min`
}
