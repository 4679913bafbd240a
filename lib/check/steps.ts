import type { CaseFile } from './case-file.ts'
import type { Refuted } from './certificate.ts'
import { reasonsOf, rowsOf } from './words.ts'

/** Was the clock never set during the run? */
export function hasNoSteps({ history }: CaseFile): boolean {
  return history.events.every(({ event }) => event !== 'clock-step')
}

/**
 * Whether a proof keeps its force although the clock was set during the run: each of its reasons
 * compares only instants on one side of every step, and so do all of them together where they go by
 * windows that follow one another. True where there was no step.
 */
export function staysWithoutSteps(file: CaseFile, refuted: Refuted): boolean {
  const steps = file.history.events.flatMap((event) => (event.event === 'clock-step' ? [event.atUs] : []))
  if (steps.length === 0) return true
  const { loUs, hiUs } = file.bounds
  const spans = reasonsOf(refuted).map(({ reason }): [from: number, to: number] => {
    const rows = rowsOf(reason)
    const back = reason.kind === 'unjustified-refusal' ? refuted.hypothesis.windowUs : 0
    return [
      rows.reduce((least, row) => Math.min(least, loUs[row] as number), Number.POSITIVE_INFINITY) - back,
      rows.reduce((most, row) => Math.max(most, hiUs[row] as number), Number.NEGATIVE_INFINITY),
    ]
  })
  // Windows that follow one another carry an instant over from one reason to the next.
  const aligned = refuted.cases.some(({ startUs }) => startUs !== undefined)
  const toCompare = aligned
    ? [[Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, to]) => to))] as const]
    : spans
  return toCompare.every(([from, to]) => steps.every((at) => at < from || at > to))
}
