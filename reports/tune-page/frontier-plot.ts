import type { Option, Recommendation, Stretch } from '../../lib/tune/index.ts'
import { type Html, html } from '../html/index.ts'
import { percentText, stretchText, windowText } from '../terminal/index.ts'
import { bottomAxis, frame, leftAxis, plot } from './plot.ts'
import { scaleTo } from './scale.ts'

const width = 540
const height = 360

/** What stands for a candidate. */
interface Dot {
  x: number
  y: number
  name: string
  option: Option
  kind: 'chosen' | 'today' | 'meets' | 'misses'
}

/**
 * What candidates refuse against what they let through at once: those that no other beats are joined. What lies
 * further left refuses less, what lies lower protects more.
 */
export function frontierPlot(
  recommendation: Recommendation,
  names: readonly string[],
  yardstick: Stretch,
  of: 'all' | 'quiet',
): Html {
  const { options } = recommendation
  const share = ({ refused, asked, quietRefused, quietAsked }: Option) =>
    of === 'all' ? ratio(refused, asked) : ratio(quietRefused, quietAsked)
  const x = scaleTo(
    Math.max(...options.map((option) => 100 * share(option))),
    frame.left,
    width - frame.right,
  )
  const y = scaleTo(Math.max(...options.map(({ worst }) => worst)), height - frame.bottom, frame.top)
  const chosen = recommendation.kind === 'chosen' ? recommendation.chosen : undefined
  const dots = options.map((option, index): Dot => {
    const kind =
      index === chosen
        ? 'chosen'
        : index === 0
          ? 'today'
          : option.shortfalls.length === 0
            ? 'meets'
            : 'misses'
    return { x: x.at(100 * share(option)), y: y.at(option.worst), name: names[index] as string, option, kind }
  })
  const joined = dots
    .filter(({ option }) => option.onFrontier)
    .toSorted((one, other) => one.option.worst - other.option.worst || other.x - one.x)
    .map((dot) => `${dot.x},${dot.y}`)
    .join(' ')
  const what = of === 'all' ? 'of all requests' : 'of those of quiet descriptors'
  const ticks = x.ticks.map((tick) => ({ x: x.at(tick), word: `${tick} %` }))
  const middle = (frame.left + width - frame.right) / 2
  return plot(
    `What limits refuse ${what}, against what they let through at once`,
    width,
    height,
    html`${leftAxis(y, width, leftLabel(yardstick), String)}${bottomAxis(ticks, height, `refused ${what}`, middle)}
<polyline class="frontier" points="${joined}"/>
${dots.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind)).map(dotMark)}`,
  )
}

/** What fits beside the axis. */
const mostLetters = 46

function leftLabel(yardstick: Stretch): string {
  const label = `most ${stretchText(yardstick)}`
  return label.length <= mostLetters ? label : `most in any ${windowText(yardstick.spanMs / 1000)}`
}

/** What is drawn later lies on top. */
const order = ['misses', 'meets', 'today', 'chosen']

function dotMark({ x, y, name, option, kind }: Dot): Html {
  const { worst, refused, asked, quietRefused, quietAsked } = option
  const words = `${name}: at most ${worst} let through, ${percentText(refused, asked)} refused, ${percentText(quietRefused, quietAsked)} of quiet ones`
  const radius = kind === 'misses' ? 4 : 6
  const label =
    kind === 'chosen' || kind === 'today'
      ? html`<text x="${x > width / 2 ? x - 10 : x + 10}" y="${y - 8}" text-anchor="${x > width / 2 ? 'end' : 'start'}" class="label">${kind === 'today' ? `today: ${name}` : name}</text>`
      : undefined
  return html`<circle class="${kind}" cx="${x}" cy="${y}" r="${radius}"><title>${words}</title></circle>${label}
`
}

function ratio(part: number, all: number): number {
  return all === 0 ? 0 : part / all
}
