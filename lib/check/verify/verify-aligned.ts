import type { Case, Reason } from '../refute/certificate.ts'
import { gap, isRange, type Range } from './ranges.ts'
import type { Told } from './told.ts'
import { counterReason } from './verify-sliding-counter.ts'
import { windowReason } from './verify-window.ts'

/** Do the ranges of window starts, taken round the circle of phases, leave no gap? */
export function circle(cases: readonly Case[], periodUs: number): string | undefined {
  const w = periodUs
  const pieces: [number, number][] = []
  for (const { startUs } of cases) {
    if (!startUs || !isRange(startUs)) return 'a case without a range of starts'
    const from = ((startUs[0] % w) + w) % w
    const to = from + (startUs[1] - startUs[0])
    pieces.push([from, Math.min(to, w - 1)])
    if (to >= w) pieces.push([0, to - w])
  }
  return gap(pieces, 0, w - 1)
}

/** Fixed windows and sliding counters: each case has a reason that holds for its range. */
export function aligned(told: Told, cases: readonly Case[], counter: boolean): string | undefined {
  for (const { startUs, reason } of cases) {
    if (!startUs || !isRange(startUs)) return 'a case without a range of starts'
    if (!reason) return 'a case without a reason'
    if (reason.kind === 'over-admission' && reason.windows !== 1) {
      const wrong = adjoiningWindows(told, reason, startUs)
      if (wrong) return wrong
      continue
    }
    const before: Range = [startUs[0] - told.windowUs, startUs[1] - told.windowUs]
    const wrong = counter
      ? counterReason(told, reason, startUs, before)
      : windowReason(told, reason, startUs, before, startUs[1])
    if (wrong) return wrong
  }
  return undefined
}

/** Aligned windows adjoin: so many of them hold so many times the limit, wherever what straddles their starts went. */
function adjoiningWindows(
  told: Told,
  { rows, windows, afterRefused }: Extract<Reason, { kind: 'over-admission' }>,
  start: Range,
): string | undefined {
  if (afterRefused !== undefined || !told.makesSense(rows, windows))
    return 'rows or windows that there are not'
  const units = told.adds(rows, start[1], start[0] + windows * told.windowUs - 1, true)
  return units > windows * told.limit ? undefined : 'too little is surely within the windows'
}
