import type { Answer } from '../answer.ts'
import { readsAsEpoch } from '../quota.ts'
import { each, type Rule, type Subject } from '../rule.ts'
import { longestStatedMs } from './longest-window.ts'

const source = 'RFC 9110 §10.2.3'
const none = 'no answer has a Retry-After'

/** What RFC 9110 says of `Retry-After`. */
export const retryAfterRules: Rule[] = [
  {
    rule: 6,
    level: 'must',
    expected: 'Retry-After is digits only, or an HTTP-date',
    source,
    check: (answers) =>
      each(withRetryAfter(answers), none, 'Retry-After', ({ retryAfter }) =>
        retryAfter?.kind === 'malformed' ? `has "${retryAfter.text}"` : undefined,
      ),
  },
  {
    rule: 7,
    level: 'must',
    expected: 'a date in Retry-After is written as IMF-fixdate, and is not before the Date of its answer',
    source: 'RFC 9110 §5.6.7, §10.2.3',
    check: (answers) => {
      const dated = withRetryAfter(answers).filter(({ value }) => value.retryAfter?.kind === 'date')
      return each(dated, 'no Retry-After is a date', 'date', ({ retryAfter, dateMs }) => {
        if (retryAfter?.kind !== 'date') return undefined
        const { date, text } = retryAfter
        if (date.form !== 'IMF-fixdate') return `has "${text}", which is in the obsolete form of ${date.form}`
        const isPast = dateMs !== undefined && date.atMs < dateMs
        return isPast ? `has "${text}", ${(dateMs - date.atMs) / 1000} s before its Date` : undefined
      })
    },
  },
  {
    rule: 8,
    level: 'observation',
    expected: 'Retry-After with 429 is by RFC 6585; this section itself speaks of 503 and redirections',
    source,
    check: () => ({ state: 'not-testable', why: 'this says where the use comes from, and asks for nothing' }),
  },
  {
    rule: 9,
    level: 'observation',
    expected: 'Retry-After is not longer than the window',
    source: 'sanity: a limit that lasts a window is over after one',
    check: (answers, windowMs) => {
      const delays = withRetryAfter(answers).filter(({ value }) => value.retryAfter?.kind === 'delay')
      const longestMs = windowMs ?? longestStatedMs(answers)
      if (delays.length > 0 && longestMs === undefined && !delays.some(({ value }) => isEpoch(value))) {
        return { state: 'not-testable', why: 'the window is neither measured nor stated' }
      }
      return each(delays, 'no Retry-After is in seconds', 'delay', (answer) => {
        if (answer.retryAfter?.kind !== 'delay') return undefined
        const { seconds } = answer.retryAfter
        if (isEpoch(answer)) return `has ${seconds}, which reads as an instant where seconds from now belong`
        if (longestMs === undefined || seconds * 1000 <= longestMs + 1000) return undefined
        const asMs = seconds <= longestMs + 1000 ? '; in milliseconds it would fit' : ''
        return `asks for ${seconds} s, beyond a window of ${longestMs / 1000} s${asMs}`
      })
    },
  },
]

function withRetryAfter(answers: readonly Answer[]): Subject<Answer>[] {
  return answers
    .filter(({ retryAfter }) => retryAfter !== undefined)
    .map((value) => ({ line: value.seen.line, value }))
}

function isEpoch({ retryAfter }: Answer): boolean {
  return retryAfter?.kind === 'delay' && readsAsEpoch(retryAfter.seconds)
}
