import type { Between, Stream, Turn } from '../stream.ts'
import { countBelow, countUpTo, type Fit, type Limits, weightOf } from './fit.ts'
import { bestWindow, type Span, windowsIn } from './windows.ts'

/** Recoveries are taken to be so many windows apart at most, and so many of a stream are looked at. */
const mostApart = 3
const mostRecoveries = 10
/** … and where that explains less than all, so many: filling may have rested in between. */
const mostRested = 40

export function fitFixedWindow(streams: readonly Stream[], leastUs: number): Fit | undefined {
  const whole = streams.reduce((sum, stream) => sum + weightOf(stream), 0)
  const near = bestWindow('fixed-window', streams, windowsIn(spansOf(streams), leastUs), limitsAt)
  if (near && near.explained >= whole) return near
  const far = bestWindow('fixed-window', streams, windowsIn(restedSpansOf(streams), leastUs), limitsAt)
  return far && far.explained > (near?.explained ?? 0) ? far : near
}

function spansOf(streams: readonly Stream[]): Span[] {
  return streams.flatMap((stream) => {
    const recoveries = recoveriesOf(stream).slice(0, mostRecoveries)
    return recoveries.flatMap((earlier, k) =>
      recoveries
        .slice(k + 1, k + 1 + mostApart)
        .flatMap((later) =>
          Array.from(
            { length: mostApart },
            (_, m): Span => [(later[0] - earlier[1]) / (m + 1), (later[1] - earlier[0]) / (m + 1)],
          ),
        ),
    )
  })
}

/** Windows of which there were many between recoveries that followed each other, none shorter than it has refused. */
function restedSpansOf(streams: readonly Stream[]): Span[] {
  const longestUs = Math.max(0, ...streams.map(({ turns }) => refusedForUs(turns)))
  return streams.flatMap((stream) => {
    const recoveries = recoveriesOf(stream).slice(0, mostRecoveries)
    return recoveries.slice(1).flatMap((later, k) => {
      const earlier = recoveries[k] as Between
      const spans = Array.from({ length: mostRested - mostApart }, (_, m): Span => {
        const windows = m + mostApart + 1
        return [(later[0] - earlier[1]) / windows, (later[1] - earlier[0]) / windows]
      })
      return spans.filter(([, to]) => to >= longestUs)
    })
  })
}

function refusedForUs(turns: readonly Turn[]): number {
  return Math.max(0, ...turns.map(({ firstRefused, lastRefused }) => lastRefused[0] - firstRefused[1]))
}

function recoveriesOf({ turns }: Stream): Between[] {
  return turns.flatMap(({ recovered }) => (recovered ? [recovered] : []))
}

/** Every recovery takes an edge of a window; between edges as much is let through as there is room for. */
function limitsAt(stream: Stream, windowUs: number): Limits {
  const { turns } = stream
  // No window refuses for longer than it lasts.
  if (refusedForUs(turns) > windowUs) return [1, 0]
  const phases = phasesOf(recoveriesOf(stream), windowUs)
  if (phases === undefined) return [1, 0]
  // With no edge in sight the first burst may have had one: then it is of two windows.
  const burst = turns[0]?.acceptedBefore
  if (phases === 'any')
    return burst === undefined ? [0, Number.POSITIVE_INFINITY] : [Math.ceil(burst / 2), burst]
  const [from, to] = phases
  let best: Limits = [1, 0]
  for (const phaseUs of [(from + to) / 2, from, to, (3 * from + to) / 4, (from + 3 * to) / 4]) {
    const found = limitsOf(stream, windowUs, phaseUs)
    if (found[0] <= found[1]) return found
    best = found
  }
  return best
}

/** Where edges of windows may lie so that every recovery has one; undefined where none do. */
function phasesOf(recoveries: readonly Between[], windowUs: number): Span | 'any' | undefined {
  const [first, ...rest] = recoveries
  if (!first) return 'any'
  let [from, to] = first
  for (const recovery of rest) {
    const middle = (from + to) / 2
    const windows = Math.round(((recovery[0] + recovery[1]) / 2 - middle) / windowUs)
    from = Math.max(from, recovery[0] - windows * windowUs)
    to = Math.min(to, recovery[1] - windows * windowUs)
    if (from > to) return undefined
  }
  return [from, to]
}

function limitsOf(stream: Stream, windowUs: number, phaseUs: number): Limits {
  const { acceptedFromUs, acceptedToUs, refusedFromUs, refusedToUs } = stream
  const end = Math.max(stream.toUs.at(-1) ?? 0, 0)
  let least = 0
  let most = Number.POSITIVE_INFINITY
  const firstUs = stream.fromUs[0] ?? 0
  let startUs = phaseUs - Math.ceil((phaseUs - firstUs) / windowUs) * windowUs
  for (; startUs <= end; startUs += windowUs) {
    const endUs = startUs + windowUs
    const surely = countBelow(acceptedToUs, endUs) - countBelow(acceptedFromUs, startUs)
    least = Math.max(least, surely)
    const from = countBelow(refusedFromUs, startUs)
    const first = refusedToUs[from]
    if (first !== undefined && first < endUs && countBelow(refusedToUs, startUs) <= from) {
      most = Math.min(most, countUpTo(acceptedFromUs, first) - countUpTo(acceptedToUs, startUs))
    }
  }
  return [least, most]
}
