import 'uplot/dist/uPlot.min.css'
import './style.css'
import type { LimitView } from '../model.ts'
import { createOverTime, createPercentiles, createSchedule } from './latency-plots.ts'
import { loadReport } from './load.ts'
import { setUpTheme } from './theme.ts'
import { createTimeline, type Timeline } from './timeline.ts'

/** The page is read before it is drawn: a plot is made when it is about to be seen. */
async function main(): Promise<void> {
  const made = new Map<Element, { redraw(): void }>()
  const timelines = new Map<Element, Timeline>()
  setUpTheme(document.getElementById('theme') as HTMLButtonElement, () => {
    for (const plot of made.values()) plot.redraw()
  })
  const { model, rows } = await loadReport()

  const make = (figure: HTMLElement): void => {
    if (made.has(figure)) return
    const { plot, index } = figure.dataset
    switch (plot) {
      case 'timeline': {
        const timeline = createTimeline(figure, model, rows, model.limits[Number(index)] as LimitView)
        timelines.set(figure, timeline)
        made.set(figure, timeline)
        break
      }
      case 'percentiles':
        made.set(figure, createPercentiles(figure, model))
        break
      case 'over-time':
        made.set(figure, createOverTime(figure, model))
        break
      case 'schedule':
        made.set(figure, createSchedule(figure, model))
        break
    }
    figure.dataset.ready = 'true'
  }
  const figures = [...document.querySelectorAll<HTMLElement>('figure.plot')]
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) make(target as HTMLElement)
    },
    { rootMargin: '300px' },
  )
  for (const figure of figures) observer.observe(figure)
  addEventListener('beforeprint', () => figures.forEach(make))

  for (const button of document.querySelectorAll<HTMLElement>('.show-step')) {
    button.addEventListener('click', () => {
      const figure = button.closest('section')?.querySelector<HTMLElement>('[data-plot="timeline"]')
      if (!figure) return
      make(figure)
      timelines.get(figure)?.showProof(Number(button.dataset.step))
    })
  }
  document.documentElement.dataset.ready = 'true'
}

void main()
