import type { CaseFile } from './case-file.ts'
import type { Refuted } from './certificate.ts'
import { reasonsOf, rowsOf } from './words.ts'

/** Was the clock never set during the run? */
export function hasNoSteps({ history }: CaseFile): boolean {
  return history.events.every(({ event }) => event !== 'clock-step')
}

/**
 * Whether a proof keeps its force although the clock was set during the run: each of its reasons
 * compares only instants on one side of every step. True where there was no step.
 */
export function staysWithoutSteps(file: CaseFile, refuted: Refuted): boolean {
  const steps = file.history.events.flatMap((event) => (event.event === 'clock-step' ? [event.atUs] : []))
  if (steps.length === 0) return true
  const { loUs, hiUs } = file.bounds
  // A range of window starts carries an instant over from one window to another.
  if (refuted.cases.some(({ startUs }) => startUs !== undefined)) return false
  return reasonsOf(refuted).every(({ reason }) => {
    const rows = rowsOf(reason)
    const back = reason.kind === 'unjustified-refusal' ? refuted.hypothesis.windowUs : 0
    const from = Math.min(...rows.map((row) => loUs[row] as number)) - back
    const to = Math.max(...rows.map((row) => hiUs[row] as number))
    return steps.every((at) => at < from || at > to)
  })
}
