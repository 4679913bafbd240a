import type { Limit } from '../spec/index.ts'
import { keyScope, limitInWords, limitsInWords } from './limits-under-test.ts'
import { pastableTest } from './pastable-test.ts'
import type { LimitUnderTest } from './promised-limit.ts'
import type { Enforced, Reference } from './reference.ts'
import type { VerificationFailed } from './verification.ts'

/** What a message tells beyond the failure itself. */
export interface FailureContext {
  limits: readonly Limit[]
  /** The limits as they were handed over. */
  given: readonly LimitUnderTest[]
  reference: Reference
  /** What the limiter's random numbers were drawn from. */
  limiterSeed: number
  /** Do the same calls one after another show the failure again? */
  sequential: boolean
}

/** So many calls are shown of the certificate's table; the rest is in the result. */
const mostRows = 100

/** A failed verification as a text that a person can act on, ending with a test to paste. */
export function describeFailure(
  failure: Omit<VerificationFailed, 'message'>,
  context: FailureContext,
): string {
  const { calls, certificate, explanation, seed, history, shrinking } = failure
  const { limits, reference, sequential } = context
  const broken = failure.limits.map((index) => limits[index] as Limit)
  const inCertificate = new Set(certificate.calls)
  const firstMs = calls[0]?.nowMs ?? 0
  const rows = calls
    .slice(0, mostRows)
    .map(({ key, cost, nowMs, allowed }, index) => [
      String(index + 1),
      key,
      String(cost),
      `+${nowMs - firstMs}`,
      said(allowed),
      said(reference.allowed[index] as boolean),
      [
        inCertificate.has(index + 1) ? 'in the certificate' : '',
        allowed === reference.allowed[index] ? '' : 'differs',
      ]
        .filter(Boolean)
        .join(', '),
    ])
  const left = calls.length - rows.length
  const reasons = certificate.steps.length > 0 ? certificate.steps.map(({ why }) => why) : [certificate.why]
  return [
    `The limiter does not keep to ${limitsInWords(broken)}${broken.length > 1 ? ' (which of them cannot be told)' : ''}: history ${history} of seed ${seed}.`,
    '',
    `Expected: ${expectedInWords(limits)}, and no less.`,
    `Seen:     ${explanation}`,
    `Certificate (${certificate.kind}, calls ${inRanges(certificate.calls)}):`,
    ...reasons.map((why) => `  - ${why}`),
    '',
    ...table(['CALL', 'KEY', 'COST', 'MS', 'ANSWER', 'EXPECTED', ''], rows),
    ...(left > 0 ? [`and ${left} more`] : []),
    ...(shrinking.complete
      ? []
      : ['', `Making it small was stopped after ${shrinking.tries} tries: fewer calls may show it as well.`]),
    '',
    `EXPECTED is how ${reference.enforced.map(enforcedInWords).join(', beside ')} answers, the correct limiter that comes closest.`,
    '',
    sequential
      ? 'As a test, where `create` is what was handed over:'
      : 'The order of the calls alone does not show it again. As a test, where `create` is what was handed over:',
    '',
    pastableTest(failure, context),
  ].join('\n')
}

/** A sentence about lines of the history as one about calls. */
export function inCalls(text: string, lineOfCall: readonly number[]): string {
  return text.replace(
    /\b(line)(s?) (\d+(?:(?:, | and | or | to |, and )\d+(?![\w.]))*)/gi,
    (_, word: string, plural: string, numbers: string) =>
      `${word.startsWith('L') ? 'Call' : 'call'}${plural} ${numbers.replace(/\d+/g, (line) => String(lineOfCall.indexOf(Number(line)) + 1))}`,
  )
}

function expectedInWords(limits: readonly Limit[]): string {
  return limits
    .map(
      (limit) => `${limit.scope === keyScope ? 'each key gets' : 'there are'} at most ${limitInWords(limit)}`,
    )
    .join(', and ')
}

function said(allowed: boolean): string {
  return allowed ? 'allowed' : 'refused'
}

function enforcedInWords({ algorithm, limitedRequests, windowStartsMs }: Enforced): string {
  const [several, one] =
    algorithm === 'token-bucket'
      ? ['refills that come at whole multiples of their interval', 'a refill that comes']
      : ['windows that start at whole multiples of their length', 'a window that starts']
  const starts =
    windowStartsMs === undefined
      ? ''
      : ` with ${windowStartsMs === 0 ? several : `${one} at ${windowStartsMs} ms`}`
  const counts = limitedRequests === 'counted' ? ', where refused requests count as well' : ''
  return `${algorithm}${starts}${counts}`
}

function inRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
}

function table(head: readonly string[], rows: readonly string[][]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] as string).length)),
  )
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
}
