import type { Answer } from '../answer.ts'
import { each, noRefusals, type Rule, refusals } from '../rule.ts'

/** What RFC 6585 says of the status 429. */
export const refusalStatusRules: Rule[] = [
  {
    rule: 1,
    level: 'observation',
    expected: 'a request that a limit refuses is answered with 429',
    source: 'RFC 6585 §4',
    check: (answers) =>
      each(refusals(answers), noRefusals, 'refusal', ({ seen: { status } }) =>
        status === 429 ? undefined : `has status ${status}`,
      ),
  },
  {
    rule: 2,
    level: 'should',
    expected: 'the body of a 429 explains the condition',
    source: 'RFC 6585 §4',
    check: (answers) =>
      each(tooMany(answers), no429, '429', ({ seen: { body } }) => {
        if (body.trim() === '') return 'has no body'
        return /\p{L}/u.test(body) ? undefined : 'has a body without a word'
      }),
  },
  {
    rule: 3,
    level: 'observation',
    expected: 'a 429 may say by Retry-After how long to wait',
    source: 'RFC 6585 §4',
    check: (answers) =>
      each(tooMany(answers), no429, '429', ({ retryAfter }) =>
        retryAfter === undefined ? 'has no Retry-After, and leaves the client to guess' : undefined,
      ),
  },
  {
    rule: 4,
    level: 'must',
    expected: 'a 429 is not stored by a cache',
    source: 'RFC 6585 §4',
    check: (answers) => {
      const ruling = each(tooMany(answers), no429, '429', ({ cache }) =>
        cache === undefined ? undefined : `comes from a cache (${cache})`,
      )
      return ruling.state === 'holds' ? { ...ruling, found: `no sign of a cache; ${ruling.found}` } : ruling
    },
  },
  {
    rule: 5,
    level: 'observation',
    expected: 'how clients are told apart and requests counted is up to the server',
    source: 'RFC 6585 §4',
    check: () => ({
      state: 'not-testable',
      why: 'any way of counting keeps this rule; whether it is the one that a spec names is for onset verify',
    }),
  },
]

const no429 = 'no answer has status 429; send more than a limit allows'

function tooMany(answers: readonly Answer[]) {
  return answers.filter(({ seen }) => seen.status === 429).map((value) => ({ line: value.seen.line, value }))
}
