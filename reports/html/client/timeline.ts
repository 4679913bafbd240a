import uPlot from 'uplot'
import type { LimitView, ReportModel } from '../model.ts'
import type { Rows } from '../rows.ts'
import { axis, secondsTicks } from './axes.ts'
import { cellData } from './cell-data.ts'
import { currentColors } from './colors.ts'
import { describeRequest } from './describe.ts'
import { drawTimeline, type TimelineState } from './draw-timeline.ts'
import { showKey } from './key.ts'
import { laneHeight, outcomeNames, slotOf } from './marks.ts'
import { nearest, nextEdge } from './nearest.ts'
import { timelineKey } from './timeline-key.ts'
import { moved, showing, type Viewport, within, zoomed } from './viewport.ts'

/** A plot of every request against one limit. */
export interface Timeline {
  /** Draws it anew, in the colours that are in effect. */
  redraw(): void
  /** Shows what a step of the certificate rests on; -1 is the whole certificate. */
  showProof(step: number): void
}

const plotHeight = 330
/** No closer than this: what happens within it no client can know. */
const shortestSeconds = 0.002
/** As far from the pointer a request may be, in pixels. */
const farthest = 24

/** Makes the plot within its figure. */
export function createTimeline(
  figure: HTMLElement,
  model: ReportModel,
  rows: Rows,
  limit: LimitView,
): Timeline {
  const place = find<HTMLElement>(figure, '.canvas')
  const told = find<HTMLElement>(figure, '.pointed')
  const state: TimelineState = stateOf(limit.shown)
  const lanes = outcomeNames.length * laneHeight
  let whole = wholeOf(state)
  let view = whole

  function stateOf(cell: number): TimelineState {
    const data = cellData(model, rows, limit, cell)
    return { limit, cell, data, proof: proofOf(data, -1), pointed: -1 }
  }

  function proofOf({ row }: TimelineState['data'], step: number): number[] {
    const lines = new Set(step < 0 ? limit.proof?.lines : limit.proof?.steps[step])
    if (lines.size === 0) return []
    const found: number[] = []
    for (let index = 0; index < row.length; index++) {
      if (lines.has(rows.line[row[index] as number] as number)) found.push(index)
    }
    return found
  }

  const plot = new uPlot(
    {
      width: Math.max(1, place.clientWidth),
      height: plotHeight,
      padding: [6, 6, null, null],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: false, range: () => [view.from, view.to] },
        y: { range: (self) => yRange(self) },
      },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        axis('seconds since the start', { values: secondsTicks, size: 34 }),
        axis('', {
          size: 68,
          labelSize: 0,
          label: undefined,
          splits: (_, __, min, max, increment) => multiples(Math.max(0, min), max, Math.max(1, increment)),
        }),
      ],
      hooks: {
        draw: [(self) => drawTimeline(self, state, currentColors())],
        setSelect: [
          (self) => {
            const { left, width } = self.select
            if (width < 4) return
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            look({ from: self.posToVal(left, 'x'), to: self.posToVal(left + width, 'x') })
          },
        ],
        setCursor: [
          ({ cursor: { left = -1, top = -1 } }) => {
            if (left >= 0) point(requestAt(left, top))
          },
        ],
      },
    },
    [
      [view.from, view.to],
      [0, 0],
    ],
    place,
  )

  function yRange(self: uPlot): [number, number] {
    const height = Math.max(1, self.bbox.height / devicePixelRatio || plotHeight - 60)
    const most = Math.max(limit.limit, state.data.most) * 1.22
    return [(-most * lanes) / Math.max(1, height - lanes), most]
  }

  function look(at: Viewport): void {
    view = within(at, whole, shortestSeconds)
    plot.setScale('x', { min: view.from, max: view.to })
  }

  function requestAt(left: number, top: number): number {
    const { data } = state
    const height = plot.over.clientHeight
    const lane = Math.floor((top - (height - lanes)) / laneHeight)
    const xOf = (us: number) => plot.valToPos(us / 1e6, 'x')
    return nearest(
      data.sentUs,
      plot.posToVal(left, 'x') * 1e6,
      farthest,
      (us) => Math.abs(xOf(us) - left),
      (index) => {
        const dx = xOf(data.sentUs[index] as number) - left
        if (lane < 0) return Math.abs(dx)
        const outcome = data.outcome[index] as number
        if (outcome !== lane) return Number.POSITIVE_INFINITY
        return Math.hypot(dx, height - lanes + (outcome + slotOf(index)) * laneHeight - top)
      },
    )
  }

  function point(index: number): void {
    if (index === state.pointed) return
    state.pointed = index
    told.textContent = index < 0 ? '' : describeRequest(index, state.data, model, rows, limit)
    plot.redraw(false, false)
  }

  /** Points at a request and moves the view so that it is seen. */
  function goTo(index: number): void {
    if (index < 0 || index >= state.data.count) return
    const seconds = (state.data.sentUs[index] as number) / 1e6
    const at = showing(view, seconds)
    if (at !== view) look(at)
    point(index)
  }

  function about(): number {
    const seconds = (state.data.sentUs[state.pointed] ?? Number.NaN) / 1e6
    return seconds >= view.from && seconds <= view.to ? seconds : (view.from + view.to) / 2
  }

  const firstInSight = () => state.data.sentUs.findIndex((us) => us >= view.from * 1e6)
  const step = (by: number) => goTo(state.pointed < 0 ? firstInSight() : state.pointed + by)
  const edge = (direction: 1 | -1) => {
    const from = state.pointed < 0 ? firstInSight() : state.pointed
    goTo(nextEdge(state.data.outcome, from, direction))
  }
  const actions: Record<string, () => void> = {
    in: () => look(zoomed(view, 0.5, about())),
    out: () => look(zoomed(view, 2, about())),
    left: () => look(moved(view, -0.5)),
    right: () => look(moved(view, 0.5)),
    edge: () => edge(1),
    all: () => look(whole),
  }
  const keys: Record<string, () => void> = {
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    Home: () => goTo(0),
    End: () => goTo(state.data.count - 1),
    PageDown: () => look(moved(view, 0.5)),
    PageUp: () => look(moved(view, -0.5)),
    '+': () => look(zoomed(view, 0.5, about())),
    '=': () => look(zoomed(view, 0.5, about())),
    '-': () => look(zoomed(view, 2, about())),
    '0': () => look(whole),
    e: () => edge(1),
    E: () => edge(-1),
    Escape: () => point(-1),
  }
  place.addEventListener('keydown', (event) => {
    const action = keys[event.key]
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    action()
  })
  place.addEventListener('mousedown', () => place.focus({ preventScroll: true }))
  plot.over.addEventListener('dblclick', () => look(whole))
  plot.over.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls on until the plot was asked to take the wheel.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== place) return
      event.preventDefault()
      const seconds = plot.posToVal(event.offsetX, 'x')
      look(zoomed(view, 1.0015 ** event.deltaY, seconds))
    },
    { passive: false },
  )
  for (const button of figure.querySelectorAll<HTMLElement>('[data-do]')) {
    button.addEventListener('click', () => actions[button.dataset.do as string]?.())
  }
  figure.querySelector<HTMLSelectElement>('select.cell')?.addEventListener('change', (event) => {
    Object.assign(state, stateOf(Number((event.target as HTMLSelectElement).value)))
    whole = wholeOf(state)
    told.textContent = ''
    look(whole)
    plot.redraw()
  })
  new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height: plotHeight })
  }).observe(place)

  const redraw = () => {
    showKey(find(figure, '.key'), timelineKey(limit, state, currentColors()))
    plot.redraw(false, true)
  }
  redraw()
  return {
    redraw,
    showProof(chosen) {
      state.proof = proofOf(state.data, chosen)
      const first = state.proof[0]
      const last = state.proof.at(-1)
      if (first === undefined || last === undefined) return
      const from = (state.data.sentUs[first] as number) / 1e6
      const to = Math.max((state.data.receivedUs[last] as number) / 1e6, from + limit.windowUs / 1e6)
      const margin = (to - from) * 0.1
      point(first)
      look({ from: from - margin, to: to + margin })
      place.scrollIntoView({ block: 'center' })
      place.focus({ preventScroll: true })
    },
  }
}

function wholeOf({ data }: TimelineState): Viewport {
  if (data.count === 0) return { from: 0, to: 1 }
  const from = (data.sentUs[0] as number) / 1e6
  const to = data.receivedUs.reduce((last, us) => Math.max(last, us), 0) / 1e6
  const margin = Math.max(shortestSeconds, (to - from) * 0.02)
  return { from: from - margin, to: to + margin }
}

/** The multiples of an increment within a range. */
function multiples(min: number, max: number, increment: number): number[] {
  const first = Math.ceil(min / increment)
  const count = Math.max(0, Math.floor(max / increment) - first + 1)
  return Array.from({ length: count }, (_, k) => (first + k) * increment)
}

function find<Kind extends Element>(within: ParentNode, selector: string): Kind {
  const found = within.querySelector<Kind>(selector)
  if (!found) throw new Error(`the page has no ${selector}`)
  return found
}
