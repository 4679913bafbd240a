import type { Progress } from '../../lib/fire/index.ts'
import { spanText } from './amounts.ts'
import { createStyle } from './style.ts'
import type { View } from './view.ts'
import { cutTo, visible } from './visible.ts'

const longestName = 12

/**
 * How a run stands, for a terminal that is redrawn: one line for each descriptor, all of the same
 * form, and one for the time that is left. No line is longer than the width, or redrawing would fail.
 */
export function renderProgress(progress: Progress, view: View): string[] {
  const style = createStyle(view.color)
  const names = [...progress.descriptors.keys()]
  const nameWidth = Math.min(longestName, Math.max(0, ...names.map((name) => visible(name).length)))
  const rows = [...progress.descriptors].map(([name, tally]) => {
    const shown = cutTo(nameWidth, visible(name)).padEnd(nameWidth)
    const counts = [
      `${tally.sent} sent`.padStart(10),
      `${tally.accepted} accepted`.padStart(14),
      `${tally.limited} limited`.padStart(13),
      `${tally.unknown} unknown`.padStart(11),
      `${tally.ratePerSecond.toFixed(1)}/s`.padStart(9),
    ]
    return cutTo(view.width - 1, `${shown} ${counts.join(' ')}`)
  })
  return [...rows, style.faint(cutTo(view.width - 1, timeText(progress)))]
}

/** The same in one line, for a log. */
export function progressLine(progress: Progress): string {
  const counts = [...progress.descriptors].map(
    ([name, { sent, accepted, limited, unknown }]) =>
      `${visible(name)} ${sent} sent, ${accepted} accepted, ${limited} limited${unknown > 0 ? `, ${unknown} unknown` : ''}`,
  )
  return `${timeText(progress)}: ${counts.join('; ')}`
}

function timeText({ elapsedMs, leftMs }: Progress): string {
  return `${spanText(elapsedMs)} since the start, at most ${spanText(leftMs)} left`
}
