import { spanText, windowText } from '../../terminal/amounts.ts'
import type { LimitView } from '../model.ts'
import type { Colors } from './colors.ts'
import type { TimelineState } from './draw-timeline.ts'
import { type KeyItem, lineItem } from './key.ts'
import { addMark, outcomeNames } from './marks.ts'

/** What the signs of a timeline mean; only of those that it has. */
export function timelineKey(limit: LimitView, { data, proof }: TimelineState, colors: Colors): KeyItem[] {
  const seen = new Set(data.outcome)
  const outcomes = outcomeNames.flatMap((name, outcome): KeyItem[] =>
    seen.has(outcome) ? [{ words: name, draw: (context) => mark(context, outcome, colors) }] : [],
  )
  return [
    ...outcomes,
    lineItem(`${countWords(limit)}: surely (thick), possibly (thin)`, colors.outcomes[0], [], 2.5),
    lineItem('the limit', colors.ink, [6, 3]),
    ...(data.windows.length > 0 ? [lineItem(windowWords(limit), colors.edge, [4, 3])] : []),
    ...(proof.length > 0
      ? [{ words: 'in the certificate', draw: (context: CanvasRenderingContext2D) => ring(context, colors) }]
      : []),
  ]
}

function countWords({ rule, windowUs }: LimitView): string {
  switch (rule.kind) {
    case 'fixed':
      return 'accepted since the window started'
    case 'first-hit':
      return 'accepted since the window opened'
    case 'within':
      return `accepted within the last ${windowText(windowUs / 1e6)}`
  }
}

function windowWords({ rule }: LimitView): string {
  if (rule.kind !== 'fixed') return 'a window opens at its first request'
  const [from, to] = rule.phaseUs
  return `a window starts, known to within ${spanText((to - from) / 1000)}`
}

function mark(context: CanvasRenderingContext2D, outcome: number, colors: Colors): void {
  context.fillStyle = colors.outcomes[outcome] as string
  context.beginPath()
  addMark(context, outcome, 11, 7, 4)
  context.fill()
}

function ring(context: CanvasRenderingContext2D, colors: Colors): void {
  context.strokeStyle = colors.proof
  context.lineWidth = 1.5
  context.beginPath()
  context.arc(11, 7, 5, 0, 2 * Math.PI)
  context.stroke()
}
