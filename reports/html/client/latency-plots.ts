import uPlot from 'uplot'
import type { ReportModel } from '../model.ts'
import { axis, logTicks, secondsTicks } from './axes.ts'
import { type Colors, currentColors } from './colors.ts'
import { lineItem, showKey } from './key.ts'
import { outcomeNames } from './marks.ts'

const plotHeight = 280

/** Each outcome has a dash of its own beside its colour. */
const dashes: Readonly<Record<string, number[]>> = { accepted: [], limited: [7, 4], unknown: [2, 3] }

/** Latency by percentile, with a distance of one on the axis for each nine. */
export function createPercentiles(figure: HTMLElement, { curves }: ReportModel): { redraw(): void } {
  const most = Math.max(1, ...curves.map(({ nines }) => nines.at(-1) ?? 0))
  const xs = [...new Set(curves.flatMap(({ nines }) => nines))].sort((one, other) => one - other)
  const lines = curves.map(({ nines, ms }) => {
    const at = new Map(nines.map((nine, k) => [nine, ms[k] as number]))
    return xs.map((x) => at.get(x) ?? null)
  })
  const names = curves.map(({ outcome }) => outcome)
  return createPlot(figure, {
    data: [xs, ...lines],
    series: names.map((name) => ({ name, words: name, dash: dashes[name] ?? [] })),
    x: {
      range: [0, most],
      values: (_, splits) => splits.map(nineText),
      splits: wholeNumbers,
      label: 'percentile',
    },
    isLogarithmic: true,
    y: 'milliseconds',
  })
}

/** Latency over time: the median and the 99th percentile of what was sent within each bin. */
export function createOverTime(figure: HTMLElement, { overTime }: ReportModel): { redraw(): void } {
  const { startMs, binMs } = overTime
  const xs = startMs.map((ms) => (ms + binMs / 2) / 1000)
  const shown = (['accepted', 'limited'] as const).filter((name) =>
    overTime[name].count.some((count) => count > 0),
  )
  return createPlot(figure, {
    data: [xs, ...shown.flatMap((name) => [overTime[name].p50, overTime[name].p99])],
    series: shown.flatMap((name) => [
      { name, words: `${name}, median`, dash: dashes[name] ?? [], width: 2.5 },
      { name, words: `${name}, 99th percentile`, dash: dashes[name] ?? [], width: 1, hasPoints: true },
    ]),
    x: { range: rangeOf(xs), values: secondsTicks, label: 'seconds since the start, when sent' },
    isLogarithmic: true,
    y: 'milliseconds',
  })
}

/** How much later than planned the requests of each burst were sent. */
export function createSchedule(figure: HTMLElement, { schedule }: ReportModel): { redraw(): void } {
  const fills = schedule?.fills ?? []
  const xs = [...new Set(fills.flatMap(({ plannedMs }) => plannedMs.map((ms) => ms / 1000)))].sort(
    (a, b) => a - b,
  )
  const lines = fills.map(({ plannedMs, sentMs }) => {
    const at = new Map(plannedMs.map((ms, k) => [ms / 1000, Math.max(0, (sentMs[k] as number) - ms)]))
    return xs.map((x) => at.get(x) ?? null)
  })
  const styles = Object.values(dashes)
  return createPlot(figure, {
    data: [xs, ...lines],
    series: fills.map(({ descriptor }, k) => ({
      name: outcomeNames[k % outcomeNames.length] as string,
      words: descriptor,
      dash: styles[k % styles.length] ?? [],
    })),
    x: { range: rangeOf(xs), values: secondsTicks, label: 'seconds since the start, when planned' },
    isLogarithmic: false,
    y: 'milliseconds later than planned',
  })
}

interface PlotParts {
  data: (number | null)[][]
  series: { name: string; words: string; dash: number[]; width?: number; hasPoints?: boolean }[]
  x: { range: [number, number]; label: string; values: uPlot.Axis.Values; splits?: uPlot.Axis.Splits }
  isLogarithmic: boolean
  y: string
}

function createPlot(
  figure: HTMLElement,
  { data, series, x, isLogarithmic, y }: PlotParts,
): { redraw(): void } {
  const place = figure.querySelector<HTMLElement>('.canvas') as HTMLElement
  const colorOf = (name: string, colors: Colors = currentColors()) =>
    colors.outcomes[outcomeNames.indexOf(name as (typeof outcomeNames)[number])] as string
  const plot = new uPlot(
    {
      width: Math.max(1, place.clientWidth),
      height: plotHeight,
      padding: [8, 14, null, null],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: x.range },
        y: isLogarithmic
          ? { distr: 3, range: (_, min, max) => logRange(min, max) }
          : { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
      },
      series: [
        {},
        ...series.map(({ name, dash, width = 2, hasPoints = false }) => ({
          stroke: () => colorOf(name),
          width,
          dash,
          spanGaps: true,
          points: { show: hasPoints, size: 4, fill: () => colorOf(name) },
        })),
      ],
      axes: [
        axis(x.label, { values: x.values, size: 34, ...(x.splits && { splits: x.splits }) }),
        axis(y, { size: 52, ...(isLogarithmic && { values: logTicks, filter: (_, splits) => splits }) }),
      ],
    },
    data as uPlot.AlignedData,
    place,
  )
  new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height: plotHeight })
  }).observe(place)
  const redraw = () => {
    const colors = currentColors()
    const items = series.map(({ name, words, dash, width = 2 }) =>
      lineItem(words, colorOf(name, colors), dash, width),
    )
    showKey(figure.querySelector('.key') as Element, items)
    plot.redraw(false, true)
  }
  redraw()
  return { redraw }
}

/** 0 is no percentile at all, 1 is 90 %, 2 is 99 %. */
function nineText(nines: number): string {
  if (nines === 0) return '0 %'
  if (nines === 1) return '90 %'
  return `99${nines > 2 ? `.${'9'.repeat(nines - 2)}` : ''} %`
}

function wholeNumbers(_: uPlot, __: number, min: number, max: number): number[] {
  const first = Math.ceil(min)
  return Array.from({ length: Math.max(0, Math.floor(max) - first + 1) }, (_each, k) => first + k)
}

function rangeOf(xs: readonly number[]): [number, number] {
  const first = xs[0] ?? 0
  const last = xs.at(-1) ?? 1
  const margin = (last - first) * 0.02 || 0.5
  return [first - margin, last + margin]
}

/** A little more than there is, and no less than a factor of ten. */
function logRange(min: number, max: number): [number, number] {
  const least = Math.max(min || 0.01, 0.001) / 1.3
  return [least, Math.max((max || 1) * 1.3, least * 10)]
}
