import type { Answer } from '../answer.ts'
import { nameOf } from '../fields/current-fields.ts'
import type { BareItem } from '../fields/structured-field.ts'
import { readsAsEpoch } from '../quota.ts'
import { each, type Rule, type Ruling } from '../rule.ts'
import { eachHas, eachParameter, neverInTrailer, noBytes, noField, noInteger } from './items.ts'

const draft = 'draft-ietf-httpapi-ratelimit-headers-11'

/** What draft-11 says of `RateLimit`. */
export const fieldRules: Rule[] = [
  {
    rule: 20,
    level: 'must',
    expected: 'RateLimit is a List, and its names are in RateLimit-Policy where that is sent',
    source: `${draft} §4`,
    check: listRuling,
  },
  {
    rule: 21,
    level: 'must',
    expected: 'each item has r, what is left',
    source: `${draft} §4.1`,
    check: (answers) => eachHas(answers, 'current', 'r'),
  },
  {
    rule: 22,
    level: 'must',
    expected: 'r is an Integer of 0 or more',
    source: `${draft} §4.1.1`,
    check: (answers) => eachParameter(answers, 'current', 'r', noInteger(0)),
  },
  {
    rule: 23,
    level: 'must',
    expected: 't is an Integer of 0 or more: seconds from now, no instant',
    source: `${draft} §4.1.2`,
    check: (answers) => eachParameter(answers, 'current', 't', noSeconds),
  },
  {
    rule: 24,
    level: 'must',
    expected: 'pk of RateLimit is a Byte Sequence',
    source: `${draft} §4.1.3`,
    check: (answers) => eachParameter(answers, 'current', 'pk', noBytes),
  },
  {
    rule: 25,
    level: 'must',
    expected: 'RateLimit is not in a trailer',
    source: `${draft} §4.1`,
    check: (answers) => neverInTrailer(answers, 'current'),
  },
]

function noSeconds(value: BareItem): string | undefined {
  const mistake = noInteger(0)(value)
  if (mistake !== undefined || value.type !== 'integer') return mistake
  return readsAsEpoch(value.value) ? `${value.value}, which reads as an instant,` : undefined
}

/** That it is a list is a must; that its names are known is wished for only. */
function listRuling(answers: readonly Answer[]): Ruling {
  const having = answers.filter(({ fields }) => fields.current !== undefined)
  const subjects = having.map((value) => ({ line: value.seen.line, value: value.fields }))
  const asList = each(subjects, noField(answers, 'current'), 'answer', ({ current: list }) =>
    list && !list.ok
      ? `has ${list.found} at character ${list.at + 1} instead of ${list.expected}`
      : undefined,
  )
  if (asList.state !== 'holds') return asList
  const withPolicy = subjects.filter(({ value }) => value.policy?.ok)
  const asNames = each(withPolicy, 'no answer has both fields', 'answer', ({ policy, current }) => {
    const known = new Set(policy?.ok ? policy.value.map(nameOf) : [])
    const names = current?.ok ? current.value.map(nameOf) : []
    const stranger = names.find((name) => !known.has(name))
    return stranger === undefined ? undefined : `has "${stranger}", of which RateLimit-Policy says nothing`
  })
  return asNames.state === 'broken' ? { ...asNames, level: 'should' } : asList
}
