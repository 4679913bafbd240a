import type { Answer } from '../answer.ts'
import { nameOf } from '../fields/current-fields.ts'
import { counted, each, fewLines, type Rule, type Ruling } from '../rule.ts'
import {
  eachHas,
  eachParameter,
  itemsOf,
  neverInTrailer,
  noBytes,
  noField,
  noInteger,
  shownName,
  shownValue,
} from './items.ts'

const draft = 'draft-ietf-httpapi-ratelimit-headers-11'

/** Draft-11 says `requests`, its registry `request`: both are taken. */
const units = ['requests', 'request', 'content-bytes', 'concurrent-requests']
const knownParameters = new Set(['q', 'qu', 'w', 'pk'])

/** What draft-11 says of `RateLimit-Policy`. */
export const policyRules: Rule[] = [
  {
    rule: 10,
    level: 'must',
    expected: 'RateLimit-Policy is a List that is not empty, and each item is a String',
    source: `${draft} §3`,
    check: (answers) => {
      const having = answers.filter(({ fields }) => fields.policy !== undefined)
      const subjects = having.map((value) => ({ line: value.seen.line, value: value.fields.policy }))
      return each(subjects, noField(answers, 'policy'), 'answer', (list) => {
        if (!list?.ok)
          return list && `has ${list.found} at character ${list.at + 1} instead of ${list.expected}`
        if (list.value.length === 0) return 'has an empty list'
        const other = list.value.find((item) => nameOf(item) === undefined)?.value
        if (!other) return undefined
        return `has ${other.type === 'inner-list' ? 'an inner list' : shownValue(other)} as an item`
      })
    },
  },
  {
    rule: 11,
    level: 'must',
    expected: 'each policy has q, its quota',
    source: `${draft} §3.1`,
    check: (answers) => eachHas(answers, 'policy', 'q'),
  },
  {
    rule: 12,
    level: 'must',
    expected: 'q is an Integer of 0 or more',
    source: `${draft} §3.1.1`,
    check: (answers) => eachParameter(answers, 'policy', 'q', noInteger(0)),
  },
  {
    rule: 13,
    level: 'must',
    expected: 'qu is a String of the registry: requests, content-bytes or concurrent-requests',
    source: `${draft} §3.1.2, §10.3`,
    check: unitRuling,
  },
  {
    rule: 14,
    level: 'must',
    expected: 'w is an Integer above 0, in seconds',
    source: `${draft} §3.1.3`,
    check: (answers) => eachParameter(answers, 'policy', 'w', noInteger(1)),
  },
  {
    rule: 15,
    level: 'must',
    expected: 'pk of a policy is a Byte Sequence',
    source: `${draft} §3.1.4`,
    check: (answers) => eachParameter(answers, 'policy', 'pk', noBytes),
  },
  {
    rule: 16,
    level: 'should',
    expected: 'a policy stays the same over a sequence of answers',
    source: `${draft} §3`,
    check: consistencyRuling,
  },
  {
    rule: 17,
    level: 'must',
    expected: 'RateLimit-Policy is not in a trailer',
    source: `${draft} §3.1`,
    check: (answers) => neverInTrailer(answers, 'policy'),
  },
  {
    rule: 18,
    level: 'observation',
    expected: 'other parameters of a policy are allowed, and read as comments',
    source: `${draft} §3.1`,
    check: (answers) => {
      const items = itemsOf(answers, 'policy')
      if (items.length === 0) return { state: 'not-testable', why: noField(answers, 'policy') }
      const others = items.flatMap(({ value }) => [...value.parameters.keys()])
      const names = [...new Set(others)].filter((key) => !knownParameters.has(key)).sort()
      return {
        state: 'holds',
        found: names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`,
      }
    },
  },
  {
    rule: 19,
    level: 'observation',
    expected: 'RateLimit-Policy may be split over several field lines',
    source: `${draft} §3`,
    check: (answers) => {
      const split = answers.filter(
        ({ seen, fields }) =>
          fields.policy !== undefined &&
          seen.headers.filter(([name]) => name === 'ratelimit-policy').length > 1,
      )
      if (split.length === 0) return { state: 'not-testable', why: 'no answer splits it' }
      const lines = fewLines(split.map(({ seen }) => seen.line))
      return { state: 'holds', lines, found: `${counted(split.length, 'answer')} split it, and were joined` }
    },
  },
]

function unitRuling(answers: readonly Answer[]): Ruling {
  const ruling = eachParameter(answers, 'policy', 'qu', (value) =>
    value.type === 'string' && units.includes(value.value) ? undefined : shownValue(value),
  )
  const ofRegistry = itemsOf(answers, 'policy').filter(({ value: { parameters } }) => {
    const unit = parameters.get('qu')
    return unit?.type === 'string' && unit.value === 'request'
  })
  if (ruling.state !== 'holds' || ofRegistry.length === 0) return ruling
  return {
    ...ruling,
    lines: fewLines(ofRegistry.map(({ line }) => line)),
    found: `${ruling.found}; "request" is from the table of the registry, while the text says "requests"`,
  }
}

/** Answers to the same client are compared, by the policy's name and partition key. */
function consistencyRuling(answers: readonly Answer[]): Ruling {
  const first = new Map<string, { line: number; said: string }>()
  const changes: { line: number; before: number; name: string }[] = []
  let compared = 0
  for (const { seen, fields } of answers) {
    if (!fields.policy?.ok) continue
    for (const item of fields.policy.value) {
      const key = JSON.stringify([
        [...seen.scopes].sort(),
        item.value.value,
        item.parameters.get('pk')?.value,
      ])
      const met = first.get(key)
      const said = JSON.stringify([...item.parameters].sort())
      if (!met) first.set(key, { line: seen.line, said })
      else if (met.said === said) compared++
      else changes.push({ line: seen.line, before: met.line, name: shownName(item) })
    }
  }
  const [change] = changes
  if (change) {
    const lines = fewLines([change.before, ...changes.map(({ line }) => line)])
    const found = `${change.name} of line ${change.before} is another in line ${change.line}`
    return { state: 'broken', lines, found: `${found}; ${counted(changes.length, 'change')} in all` }
  }
  const why = first.size === 0 ? noField(answers, 'policy') : 'no policy was stated twice to the same client'
  if (compared === 0) return { state: 'not-testable', why }
  return { state: 'holds', found: `stated again without a change ${counted(compared, 'time')}` }
}
