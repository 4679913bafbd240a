import { type CandidateLimit, type Replayed, replayNotes } from '../../lib/tune/index.ts'
import { counted, spanText, windowText } from './amounts.ts'
import { createStyle } from './style.ts'
import { type Cell, type Column, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/** What other limits would have done to what was recorded, for people: a row a limit, today's first. */
export function renderTuning(replayed: readonly Replayed[], view: View): string {
  const [today] = replayed
  if (today === undefined) return ''
  const style = createStyle(view.color)
  const { scope, name } = varied(today)
  const others = today.candidate.limits.length - 1
  const stay =
    others === 0
      ? ''
      : ` ${counted(others, 'other limit')} ${others === 1 ? 'stays as it is' : 'stay as they are'}.`
  const requests = counted(today.accepted + today.refused, 'request')
  const algorithms = new Set(replayed.map((each) => varied(each).algorithm))
  const alike = algorithms.size === 1 ? ` All are enforced as ${[...algorithms][0]}.` : ''
  const head = `${requests} of ${counted(today.descriptors.length, 'descriptor')}, replayed through ${counted(replayed.length, 'limit')} of ${visible(name)}. The first is today's.${alike}${stay}`
  const rows = replayed.map((each) => row(each, today, algorithms.size > 1))
  const heading = `LIMIT PER ${visible(scope).toUpperCase()}`
  return [
    ...paragraph(head, view.width, 0),
    '',
    ...table([{ heading }, ...columns], rows, view.width, style.faint).flat(),
    '',
    ...replayNotes(replayed).flatMap((note) => listItem('- ', note, view.width, 0)),
    '',
  ].join('\n')
}

const right = (heading: string): Column => ({ heading, align: 'right' })
const columns = ['REFUSED', 'HIT', 'LONGEST', 'IN 1 S', 'IN WINDOW', 'LET IN', 'SHUT OUT'].map(right)

function row(replayed: Replayed, today: Replayed, withAlgorithm: boolean): Cell[] {
  const { limit, windowMs, algorithm } = varied(replayed)
  const hit = replayed.descriptors.filter(({ refused }) => refused > 0).length
  const isToday = replayed === today
  const texts = [
    `${limit} in ${windowText(windowMs / 1000)}${withAlgorithm ? `, ${algorithm}` : ''}`,
    percentText(replayed.refused, replayed.accepted + replayed.refused),
    `${hit}`,
    replayed.refused === 0 ? '-' : spanText(replayed.longestRefusalMs),
    `${replayed.worstSecond}`,
    `${replayed.worstWindow}`,
    isToday ? '' : `${replayed.newlyAccepted}`,
    isToday ? '' : `${replayed.newlyRefused}`,
  ]
  return texts.map((text) => ({ text }))
}

/** A share that is never rounded to none or to all where it is not. */
function percentText(part: number, all: number): string {
  if (part === 0 || all === 0) return '0 %'
  const percent = (100 * part) / all
  if (percent < 0.01) return '<0.01 %'
  if (part < all && percent > 99.99) return '>99.99 %'
  return `${percent.toFixed(percent < 10 ? 2 : 1)} %`
}

function varied({ candidate }: Replayed): CandidateLimit {
  return candidate.limits[candidate.varied] as CandidateLimit
}
