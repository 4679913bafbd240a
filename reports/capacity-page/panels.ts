import { type CapacityDocument, rateText } from '../../lib/capacity/index.ts'
import { millisecondsText, spanText } from '../terminal/index.ts'
import type { Line, Mark, Panel } from './panel.ts'

type Step = CapacityDocument['steps'][number]

/** A share that is none has no place on a logarithmic axis: it is drawn where half a request would be. */
const halfARequest = (judged: number) => 0.5 / Math.max(1, judged)

/** What is plotted of a search: latency, every condition's share, delivery, and how late the client was. */
export function panelsOf(steps: readonly Step[]): Panel[] {
  const ascending = steps.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
  return [latencyPanel(ascending), ...sharePanels(ascending), ...lagPanels(ascending), clientPanel(ascending)]
}

const quantiles = [
  ['p50', 'p50Ms', 'first'],
  ['p90', 'p90Ms', 'second'],
  ['p99', 'p99Ms', 'third'],
] as const

function latencyPanel(steps: readonly Step[]): Panel {
  const lines = quantiles.map(([name, field, look]): Line => {
    const marks = steps.flatMap(({ latency, ratePerSecond }): Mark[] => {
      const value = latency?.[field]
      return value === undefined || value <= 0
        ? []
        : [
            {
              ratePerSecond,
              value,
              words: `${name} at ${rateText(ratePerSecond)}: ${millisecondsText(value)} ms`,
            },
          ]
    })
    return { name, look, marks }
  })
  return { title: 'Latency of accepted requests', unit: (ms) => `${ms} ms`, lines }
}

/** One for each condition on a share: how many requests broke it, between which bounds that lies, and what is allowed. */
function sharePanels(steps: readonly Step[]): Panel[] {
  const texts = [
    ...new Set(
      steps.flatMap(({ conditions }) => conditions.flatMap(({ text, share }) => (share ? [text] : []))),
    ),
  ]
  return texts.map((text): Panel => {
    let allowed = 0
    const marks = steps.flatMap(({ ratePerSecond, judged, conditions }): Mark[] => {
      const share = conditions.find((condition) => condition.text === text)?.share
      if (!share) return []
      allowed = share.allowed
      const floor = Math.min(halfARequest(judged), share.most)
      const words = `${rateText(ratePerSecond)}: ${percent(share.seen)}, surely from ${percent(share.least)} to ${percent(share.most)}`
      return [
        {
          ratePerSecond,
          value: Math.max(share.seen, floor),
          least: Math.max(share.least, Math.min(floor, share.seen || floor)),
          most: share.most,
          words,
        },
      ]
    })
    return {
      title: `Requests that break ${text}`,
      unit: percent,
      lines: [{ name: 'share', look: 'first', marks }],
      bound: { value: allowed, words: `${percent(allowed)} may` },
    }
  })
}

function lagPanels(steps: readonly Step[]): Panel[] {
  const marks = steps.flatMap(({ ratePerSecond, conditions }): Mark[] => {
    const lag = conditions.find(({ lagMs }) => lagMs)?.lagMs
    if (!lag) return []
    const [least, most] = lag
    const words = `${rateText(ratePerSecond)}: visible after ${spanText(least)}${most === null ? ' or later' : ` to ${spanText(most)}`}`
    return [
      {
        ratePerSecond,
        value: Math.max(1, most ?? least),
        least: Math.max(1, least),
        most: Math.max(1, most ?? least),
        words,
      },
    ]
  })
  return marks.length === 0
    ? []
    : [
        {
          title: 'Time until accepted alerts were visible',
          unit: spanText,
          lines: [{ name: 'lag', look: 'first', marks }],
        },
      ]
}

function clientPanel(steps: readonly Step[]): Panel {
  const marks = steps.map(({ ratePerSecond, client: { lateness, leftOut } }): Mark => {
    const words = `${rateText(ratePerSecond)}: 99 of 100 requests left at most ${millisecondsText(lateness.p99Ms)} ms late; ${percent(leftOut)} are left out`
    return { ratePerSecond, value: Math.max(0.01, lateness.p99Ms), words }
  })
  return {
    title: 'How late the client sent',
    unit: (ms) => `${ms} ms`,
    lines: [{ name: 'p99 lateness', look: 'first', marks }],
  }
}

function percent(share: number): string {
  return share === 0 ? '0 %' : `${Number((share * 100).toPrecision(2))} %`
}
