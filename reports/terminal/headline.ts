import type { LimitResult, Result } from '../../lib/result/index.ts'
import { counted } from './amounts.ts'
import { answersSentence } from './answers.ts'
import { failsInTarget } from './found.ts'
import { createStyle, verdictWords } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { paragraph } from './wrap.ts'

/** Code of the warning that says why a run came to no proper end; it stands at the top of a report. */
export const notCarriedOut = 'not-carried-out'

/** The verdict and what it is about, then how much was judged. */
export function headline(result: Result, view: View): string[] {
  const style = createStyle(view.color)
  const word = verdictWords[result.verdict]
  const said = headlineWords(result)
  const [first = '', ...rest] = paragraph(`${word}  ${said.sentence}`, view.width, 0)
  const painted = style.verdict(result.verdict, word) + style.strong(first.slice(word.length))
  return [painted, ...rest.map(style.strong), ...said.basis.flatMap((text) => paragraph(text, view.width, 0))]
}

/** The same in words alone: what the verdict is about, and what it was judged from. */
export function headlineWords(result: Result): { sentence: string; basis: string[] } {
  return { sentence: sentence(result) + beside(result), basis: basis(result) }
}

function sentence(result: Result): string {
  const { limits, certificates = [], answers = [] } = result
  if (limits.length === 0 && answers.length > 0) return answersSentence(answers)
  const broken = limits.filter(({ verdict }) => verdict === 'fail')
  const open = limits.filter(({ verdict }) => verdict === 'inconclusive')
  if (broken.length > 0) {
    const others = open.length > 0 ? ` ${counted(open.length, 'limit')} more not settled.` : ''
    return `${some(broken, limits)} not enforced as written${which(broken, limits)}.${others}`
  }
  if (certificates.length > 0) {
    return 'The limits cannot all be enforced as written: together they contradict the history.'
  }
  if (open.length > 0) return `${some(open, limits)} not settled by this history${which(open, limits)}.`
  if (limits.length === 0) return 'Nothing was judged.'
  return limits.length === 1
    ? 'The limit begins where it is written to.'
    : `${all(limits)} begin where they are written to.`
}

/** What the target is wrong in beside its limits. */
function beside(result: Result): string {
  const fails = failsInTarget(result)
  return fails === '' ? '' : ` In the target itself, ${fails}.`
}

/** Reads on with "not". */
function some(part: readonly LimitResult[], limits: readonly LimitResult[]): string {
  if (limits.length === 1) return 'The limit is'
  if (part.length === limits.length) return `${all(limits)} are`
  return `${part.length} of ${limits.length} limits ${part.length === 1 ? 'is' : 'are'}`
}

function all({ length }: readonly LimitResult[]): string {
  return length === 2 ? 'Both limits' : `All ${length} limits`
}

function which(part: readonly LimitResult[], all: readonly LimitResult[]): string {
  return part.length === all.length ? '' : `: ${names(part)}`
}

function names(limits: readonly LimitResult[]): string {
  return limits.map(({ name }) => visible(name)).join(', ')
}

function basis({ coverage, run, warnings = [], limits, answers }: Result): string[] {
  const sentences: string[] = []
  if (coverage?.records !== undefined) {
    const { accepted = 0, limited = 0, unknown = 0, dropped = 0, skipped = 0 } = coverage
    const outcomes = [`${accepted} accepted`, `${limited} limited`, `${unknown} unknown`].join(', ')
    const lost = [
      ...(dropped > 0 ? [`${counted(dropped, 'request')} planned but not sent`] : []),
      ...(skipped > 0 ? [`${counted(skipped, 'line')} left out`] : []),
    ]
    sentences.push(
      `${limits.length === 0 && answers ? 'Asked with' : 'Judged from'} ${counted(coverage.records, 'request')}: ${outcomes}${lost.map((words) => `; ${words}`).join('')}.`,
    )
  }
  const broken = warnings.find(({ code }) => code === notCarriedOut)
  if (broken) sentences.push(visible(broken.message))
  if (run?.interrupted) sentences.push('The run was interrupted: this is what was recorded until then.')
  else if (run?.torn) sentences.push('The history is torn: this is what there is of it.')
  return sentences
}
