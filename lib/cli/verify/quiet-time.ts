import { visible } from '../../../reports/terminal/index.ts'
import { ExitCode } from '../../result/index.ts'
import { type Quiet, quietDuring, type Spec, timeText } from '../../spec/index.ts'
import { Failure } from '../failure.ts'
import { askYes, canAsk } from './confirmation.ts'

/**
 * Keeps a run out of the quiet hours of its target: it neither begins within them nor, by its own
 * deadline, would run into them. Where they are to be ignored, asks on a terminal.
 * @param longestMs how long the run may take until nothing more is fired.
 * @throws {Failure} with when it may begin.
 */
export async function keepQuietHours(
  { target }: Spec,
  nowMs: number,
  longestMs: number,
  ignored: boolean,
  signal: AbortSignal,
): Promise<void> {
  const quiet = quietDuring(target?.quietHours ?? [], nowMs, longestMs)
  if (quiet.clear) return
  const lines = quietWords(quiet, nowMs, longestMs)
  if (!ignored) {
    throw new Failure(ExitCode.mistake, [...lines, '--ignore-quiet-hours goes on all the same.'])
  }
  if (canAsk()) await askYes(lines, signal)
}

function quietWords(
  { hours, fromMs, mayBeginMs }: Extract<Quiet, { clear: false }>,
  nowMs: number,
  longestMs: number,
): string[] {
  const { from, to, timezone, days } = hours
  const when = `from ${timeText(from)} to ${timeText(to)}${days ? ` (${days.join(', ')})` : ''}, ${visible(timezone)}`
  const why =
    fromMs <= nowMs
      ? `It is quiet time at the target: its spec wants no run ${when}.`
      : `This run would reach into quiet time: it may last until ${clockOf(nowMs + longestMs, timezone)}, and the spec wants none ${when}.`
  const then =
    mayBeginMs === undefined
      ? 'Its quiet hours leave no time that is long enough: shorten them, or the run.'
      : `It may begin at ${clockOf(mayBeginMs, timezone)} (${new Date(mayBeginMs).toISOString().slice(0, 16)}Z).`
  return [why, then]
}

/** An instant by the clock of a zone: `2026-11-26 06:00 Europe/Berlin`. */
function clockOf(instantMs: number, timezone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return `${format.format(instantMs)} ${timezone}`
}
