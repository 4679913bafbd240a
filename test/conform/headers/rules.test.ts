import { expect, test } from 'vitest'
import { headerFindings, type Observed } from '../../../lib/conform/headers/index.ts'
import { answer, line, refusal } from './observed.ts'

function stateOf(rule: number, answers: readonly Observed[]) {
  const found = headerFindings(answers).rules.find((each) => each.rule === rule)
  if (!found) throw new Error(`no result for rule ${rule}`)
  return found
}

const policy = 'ratelimit-policy: "a";q=100;w=60'
const problem = (violated: unknown) =>
  JSON.stringify({
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    ...(violated as object),
  })
const clients = (seconds: number[]) =>
  seconds.map((wait, index) =>
    refusal(0, [`retry-after: ${wait}`], { line: index + 2, scopes: [`key=${index}`] }),
  )

interface Case {
  rule: number
  good?: Observed[]
  bad?: Observed[]
  /** What is said of `bad`, else of `good`, else of `untestable`. */
  says: RegExp
  untestable?: Observed[]
}

const accepted = [answer(0)]

const cases: Case[] = [
  {
    rule: 1,
    good: [refusal(0)],
    bad: [refusal(0, [], { status: 503 })],
    says: /status 503/,
    untestable: accepted,
  },
  {
    rule: 2,
    good: [refusal(0)],
    bad: [refusal(0, [], { body: ' ' })],
    says: /no body/,
    untestable: accepted,
  },
  { rule: 3, good: [refusal(0, ['retry-after: 5'])], bad: [refusal(0)], says: /guess/, untestable: accepted },
  {
    rule: 4,
    good: [refusal(0, ['age: 0', 'x-cache: MISS'])],
    bad: [refusal(0, ['age: 5'])],
    says: /age: 5/,
    untestable: accepted,
  },
  { rule: 5, says: /any way of counting/, untestable: [refusal(0)] },
  {
    rule: 6,
    good: [refusal(0, ['retry-after: 120']), refusal(0, ['retry-after: Tue, 24 Nov 2026 12:00:09 GMT'])],
    bad: [refusal(0, ['retry-after: 1.5'])],
    says: /"1\.5"/,
    untestable: [refusal(0)],
  },
  {
    rule: 7,
    good: [refusal(0, ['retry-after: Tue, 24 Nov 2026 12:00:09 GMT', 'date: Tue, 24 Nov 2026 12:00:00 GMT'])],
    bad: [refusal(0, ['retry-after: Tue, 24 Nov 2026 11:59:00 GMT', 'date: Tue, 24 Nov 2026 12:00:00 GMT'])],
    says: /60 s before its Date/,
    untestable: [refusal(0, ['retry-after: 5'])],
  },
  { rule: 8, says: /asks for nothing/, untestable: [refusal(0)] },
  {
    rule: 9,
    good: [refusal(0, ['retry-after: 60', policy])],
    bad: [refusal(0, ['retry-after: 30000', policy])],
    says: /in milliseconds it would fit/,
    untestable: [refusal(0, ['retry-after: 60'])],
  },
  {
    rule: 10,
    good: [answer(0, [policy])],
    bad: [answer(0, ['ratelimit-policy: a;q=1'])],
    says: /the token "a"/,
    untestable: [answer(0, ['ratelimit-policy: 100;w=60'])],
  },
  {
    rule: 11,
    good: [answer(0, [policy])],
    bad: [answer(0, ['ratelimit-policy: "a";w=1'])],
    says: /"a"/,
    untestable: accepted,
  },
  {
    rule: 12,
    good: [answer(0, [policy])],
    bad: [answer(0, ['ratelimit-policy: "a";q=5.0'])],
    says: /decimal 5/,
    untestable: accepted,
  },
  {
    rule: 13,
    good: [answer(0, ['ratelimit-policy: "a";q=5;qu="request"'])],
    bad: [answer(0, ['ratelimit-policy: "a";q=5;qu="alerts"'])],
    says: /"alerts"/,
    untestable: [answer(0, [policy])],
  },
  {
    rule: 14,
    good: [answer(0, [policy])],
    bad: [answer(0, ['ratelimit-policy: "a";q=5;w=0'])],
    says: /integer 0/,
    untestable: accepted,
  },
  {
    rule: 15,
    good: [answer(0, ['ratelimit-policy: "a";q=5;pk=:AAAA:'])],
    bad: [answer(0, ['ratelimit-policy: "a";q=5;pk="AAAA"'])],
    says: /string "AAAA"/,
    untestable: [answer(0, [policy])],
  },
  {
    rule: 16,
    good: [answer(0, [policy]), answer(1, [policy])],
    bad: [answer(0, [policy]), answer(1, ['ratelimit-policy: "a";q=99;w=60'])],
    says: /line 2 is another in line 12/,
    untestable: [answer(0, [policy])],
  },
  {
    rule: 17,
    good: [answer(0, [policy], { trailers: [] })],
    bad: [answer(0, [], { trailers: [line(policy)] })],
    says: /in its trailer/,
    untestable: [answer(0, [policy])],
  },
  {
    rule: 18,
    good: [answer(0, ['ratelimit-policy: "a";q=5;acme-burst=9'])],
    says: /acme-burst/,
    untestable: accepted,
  },
  {
    rule: 19,
    good: [answer(0, [policy, 'ratelimit-policy: "b";q=1'])],
    says: /1 answer split it/,
    untestable: [answer(0, [policy])],
  },
  {
    rule: 20,
    good: [answer(0, [policy, 'ratelimit: "a";r=1'])],
    bad: [answer(0, ['ratelimit: "a";r=1,'])],
    says: /the end at character 9/,
    untestable: [answer(0, ['ratelimit: limit=5, remaining=1, reset=1'])],
  },
  {
    rule: 21,
    good: [answer(0, ['ratelimit: "a";r=1'])],
    bad: [answer(0, ['ratelimit: "a";t=1'])],
    says: /"a"/,
    untestable: accepted,
  },
  {
    rule: 22,
    good: [answer(0, ['ratelimit: "a";r=0'])],
    bad: [answer(0, ['ratelimit: "a";r=-1'])],
    says: /-1/,
    untestable: accepted,
  },
  {
    rule: 23,
    good: [answer(0, ['ratelimit: "a";r=0;t=5'])],
    bad: [answer(0, ['ratelimit: "a";r=0;t=1795521600'])],
    says: /reads as an instant/,
    untestable: [answer(0, ['ratelimit: "a";r=0'])],
  },
  {
    rule: 24,
    good: [answer(0, ['ratelimit: "a";r=0;pk=:AAAA:'])],
    bad: [answer(0, ['ratelimit: "a";r=0;pk=5'])],
    says: /integer 5/,
    untestable: [answer(0, ['ratelimit: "a";r=0'])],
  },
  {
    rule: 25,
    good: [answer(0, ['ratelimit: "a";r=0'], { trailers: [] })],
    bad: [answer(0, [], { trailers: [line('ratelimit: "a";r=0')] })],
    says: /in its trailer/,
    untestable: accepted,
  },
  {
    rule: 26,
    good: [refusal(0, ['retry-after: 9', 'ratelimit: "a";r=0;t=9, "b";r=5;t=60'])],
    bad: [refusal(0, ['retry-after: 8', 'ratelimit: "a";r=0;t=9'])],
    says: /ends in 9 s/,
    untestable: [refusal(0, ['retry-after: 8'])],
  },
  {
    rule: 27,
    good: [answer(0, ['ratelimit-policy: "a";q=100;w=60', 'ratelimit: "a";r=99;t=60'])],
    bad: [answer(0, ['ratelimit-policy: "a";q=10000;w=1000', 'ratelimit: "a";r=10000;t=10'])],
    says: /10000 left for 10 s/,
    untestable: [answer(0, ['ratelimit: "a";r=99;t=60'])],
  },
  {
    rule: 28,
    good: clients([5, 10, 15]),
    bad: clients([5, 5, 5, 20]),
    says: /3 of 4 clients/,
    untestable: clients([5, 5]),
  },
  {
    rule: 29,
    good: [answer(0, ['ratelimit: "a";r=0']), refusal(1, ['ratelimit: "a";r=3'])],
    says: /left on 1 429, and nothing is left on 1 accepted/,
    untestable: accepted,
  },
  {
    rule: 30,
    good: [answer(0, ['x-ratelimit-limit: 5']), answer(1)],
    says: /1 of 2 answers/,
    untestable: [],
  },
  {
    rule: 31,
    bad: [answer(0, [`ratelimit: "a";r=0;pk=:${btoa('jo@example.org')}:`])],
    says: /mail or IP address as pk of "a"/,
    untestable: [answer(0, ['ratelimit: "a";r=0;pk=:AAAA:'])],
  },
  {
    rule: 32,
    good: [refusal(0, [policy], { body: problem({ 'violated-policies': ['a'] }) })],
    bad: [refusal(0, [policy], { body: problem({ 'violated-policies': ['b'] }) })],
    says: /blames "b"/,
    untestable: [refusal(0)],
  },
]

const having = <Key extends 'good' | 'bad' | 'untestable'>(key: Key) =>
  cases.flatMap((each) => (each[key] ? [{ ...each, answers: each[key] }] : []))

test.each(having('good'))('rule $rule holds', ({ rule, answers, bad, says }) => {
  const found = stateOf(rule, answers)
  expect(found.state).toBe('holds')
  if (!bad) expect(found.sentence).toMatch(says)
})

test.each(having('bad'))('rule $rule is broken, with the line', ({ rule, answers, says }) => {
  const found = stateOf(rule, answers)
  expect(found).toMatchObject({ state: 'broken', sentence: expect.stringMatching(says) })
  expect(found.lines.length).toBeGreaterThan(0)
})

test.each(having('untestable'))(
  'rule $rule cannot be tested, and why',
  ({ rule, answers, good, bad, says }) => {
    const found = stateOf(rule, answers)
    expect(found).toMatchObject({ state: 'not-testable', lines: [] })
    expect(found.sentence).toMatch(/^Expected: .+\. Not testable: .+\.$/)
    if (!good && !bad) expect(found.sentence).toMatch(says)
  },
)

test('there is one result for each of the rules 1 to 32, each with its source', () => {
  const { rules } = headerFindings([])
  expect(rules.map(({ rule }) => rule)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
  for (const { source, state } of rules) {
    expect(source).not.toBe('')
    expect(state).toBe('not-testable')
  }
})

test('of a name that no policy has, only a should is broken', () => {
  const found = stateOf(20, [answer(0, [policy, 'ratelimit: "b";r=1'])])
  expect(found).toMatchObject({ state: 'broken', level: 'should', sentence: expect.stringContaining('"b"') })
})

test('an obsolete form of a date keeps rule 6 and breaks rule 7', () => {
  const answers = [refusal(0, ['retry-after: Tuesday, 24-Nov-26 12:00:09 GMT'])]
  expect(stateOf(6, answers).state).toBe('holds')
  expect(stateOf(7, answers)).toMatchObject({ state: 'broken', sentence: expect.stringContaining('RFC 850') })
})

test('what is malformed is told with its place, and ignored', () => {
  const found = headerFindings([answer(0, ['ratelimit-policy: "a";q=1;W=5', 'ratelimit-limit: many'])])
  expect(found.malformed).toEqual([
    {
      line: 2,
      field: 'ratelimit-policy',
      value: '"a";q=1;W=5',
      at: 8,
      expected: 'a key, which begins with a lower-case letter',
      found: '"W=5"',
    },
    expect.objectContaining({ line: 2, field: 'ratelimit-limit', found: '"many"' }),
  ])
})
