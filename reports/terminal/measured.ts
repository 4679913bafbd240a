import type { MeasuredLimit } from '../../lib/result/index.ts'
import { windowText } from './amounts.ts'
import { createStyle } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { paragraph } from './wrap.ts'

const words = {
  proven: 'proven by a run',
  likely: 'not proven, and contradicted by no run',
  above: 'never met: nothing was refused up to there',
} as const

/** The limits that were found instead of those of the spec. */
export function measuredTable(measured: readonly MeasuredLimit[], view: View): string[] {
  const style = createStyle(view.color)
  const rows = measured.map((one): Cell[] => {
    const { name, limit, windowSeconds, as } = one
    const most = `${as === 'above' ? 'above ' : ''}${limit} in ${windowText(windowSeconds)}`
    return [visible(name), as === 'unknown' ? 'not known' : most, howKnown(one)].map((text) => ({ text }))
  })
  const keys = measured.flatMap(({ otherKeys = [] }) => otherKeys)
  const notes = keys.map(({ key, shares, why }) => `${keyWords[key]}${sharesWords[shares]} ${visible(why)}`)
  const columns = [{ heading: 'LIMIT THAT IS THERE' }, { heading: 'AT MOST' }, { heading: '' }]
  const lines = table(columns, rows, view.width, style.faint).flat()
  return [...lines, ...notes.flatMap((note) => paragraph(note, view.width, 0))]
}

function howKnown(measured: MeasuredLimit): string {
  const { as, limit, windowSeconds, isShared, hiddenBy, mostThrough, refusedAfter, between } = measured
  if (hiddenBy !== undefined) {
    const hider = `hidden: "${visible(hiddenBy)}"`
    if (mostThrough === undefined) return `${hider} refuses before it`
    return `${hider} lets ${mostThrough} through at most in ${windowText(windowSeconds)}`
  }
  if (as === 'unknown') {
    const most = refusedAfter === undefined ? '' : `, and refused after ${refusedAfter}`
    return `nothing explains all runs: it let through ${limit + 1} in ${windowText(windowSeconds)}${most}`
  }
  const others = between ? `, nor are ${between[0]} to ${between[1]}` : ''
  return `${words[as]}${others}${isShared ? ', one for all together' : ''}`
}

const keyWords = {
  sameUser: 'A second key of the same user',
  otherUser: "Another user's key",
  otherOrganization: "Another organization's key",
} as const

const sharesWords = {
  yes: ' shares the limit of API requests.',
  no: ' has a limit of API requests of its own.',
  'cannot-tell': ': whether it shares the limit of API requests cannot be told.',
} as const
