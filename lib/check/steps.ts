import type { CaseFile } from './evidence/case-file.ts'
import type { Reason, Refuted } from './refute/certificate.ts'
import { reasonsOf, rowsOf } from './words/words.ts'

/** Was the clock never set during the run? */
export function hasNoSteps({ history }: CaseFile): boolean {
  return history.events.every(({ event }) => event !== 'clock-step')
}

/**
 * Whether a proof keeps its force although the clock was set during the run. True where there was no
 * step. Otherwise it has to say that too much was let through, by requests that all lie on one side of
 * every step, as far from it as the clock was moved: whichever clock the step was stamped by, their
 * instants can then be compared. That too little was counted is proven only by what came before the
 * first step, where nothing else can have been counted. What was shown by trying all orders, or by the
 * starts of first-hit windows in turn, rests on requests that no reason names, and is given up.
 */
export function staysWithoutSteps(file: CaseFile, refuted: Refuted): boolean {
  if (hasNoSteps(file)) return true
  const { loUs, hiUs } = file.bounds
  const steps = file.history.events.flatMap((event) =>
    event.event === 'clock-step'
      ? [{ fromUs: event.atUs - Math.abs(event.byMs) * 1000, toUs: event.atUs + Math.abs(event.byMs) * 1000 }]
      : [],
  )
  const ranged = refuted.cases.some(({ startUs }) => startUs !== undefined)
  if (ranged && refuted.hypothesis.algorithm === 'first-hit-window') return false
  const reasons = reasonsOf(refuted).map(({ reason }) => reason)
  const spanOf = (some: readonly Reason[]): [fromUs: number, toUs: number] => {
    const rows = some.flatMap(rowsOf)
    return [
      rows.reduce((least, row) => Math.min(least, loUs[row] as number), Number.POSITIVE_INFINITY),
      rows.reduce((most, row) => Math.max(most, hiUs[row] as number), Number.NEGATIVE_INFINITY),
    ]
  }
  const onOneSide = ([from, to]: [number, number]) =>
    steps.every(({ fromUs, toUs }) => to < fromUs || from > toUs)
  const beforeAll = ([, to]: [number, number]) => steps.every(({ fromUs }) => to < fromUs)
  // Windows that follow one another carry an instant over from one reason to the next.
  if (ranged && !onOneSide(spanOf(reasons))) return false
  return reasons.every((reason) => {
    if (reason.kind === 'no-order') return false
    const span = spanOf([reason])
    return reason.kind === 'unjustified-refusal' ? beforeAll(span) : onOneSide(span)
  })
}
