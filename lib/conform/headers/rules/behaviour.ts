import type { Answer } from '../answer.ts'
import { waitMs } from '../fields/retry-after.ts'
import { readsAsEpoch } from '../quota.ts'
import { counted, each, fewLines, type Rule, type Ruling } from '../rule.ts'
import { itemsOf, shownName } from './items.ts'
import { problemTypeRuling } from './problem-type.ts'
import { sameInstantRuling } from './same-instant.ts'

const draft = 'draft-ietf-httpapi-ratelimit-headers-11'

/** A client that spreads what is left over the time told would be this much faster than the policy allows. */
const burstFactor = 10

/** What draft-11 says of how a server uses the fields. */
export const behaviourRules: Rule[] = [
  {
    rule: 26,
    level: 'should',
    expected: 'Retry-After is not earlier than the end of the window that the same answer tells',
    source: `${draft} §6`,
    check: notEarlierRuling,
  },
  {
    rule: 27,
    level: 'should',
    expected: 'what is left over the time told is no invitation to a burst',
    source: `${draft} §6, §8.5; that ${burstFactor} times the policy's rate is a burst is Onset's choice`,
    check: burstRuling,
  },
  {
    rule: 28,
    level: 'observation',
    expected: 'many clients are not told one and the same instant',
    source: `${draft} §8.5`,
    check: sameInstantRuling,
  },
  {
    rule: 29,
    level: 'observation',
    expected:
      'no status is tied to the fields: something left on a 429, and nothing left on a 200, are allowed',
    source: `${draft} §6`,
    check: statusRuling,
  },
  {
    rule: 30,
    level: 'observation',
    expected: 'the fields need not be on every answer',
    source: `${draft} §6.2`,
    check: (answers) => {
      if (answers.length === 0) return { state: 'not-testable', why: 'there are no answers' }
      const having = answers.filter(({ dialects }) => dialects.length > 0).length
      return { state: 'holds', found: `they are on ${having} of ${counted(answers.length, 'answer')}` }
    },
  },
  {
    rule: 31,
    level: 'observation',
    expected: 'partition keys hold nothing sensitive',
    source: `${draft} §6.1`,
    check: partitionRuling,
  },
  {
    rule: 32,
    level: 'observation',
    expected: 'a body with a problem type of the draft names the violated policies',
    source: `${draft} §5; RFC 9457 §3.1.1`,
    check: problemTypeRuling,
  },
]

/** Only the windows of what is used up count, where there are such: the others are not why it was refused. */
function notEarlierRuling(answers: readonly Answer[]): Ruling {
  const subjects = answers.flatMap((answer) => {
    const resets = answer.quotas.flatMap(({ remaining, resetSeconds }) =>
      resetSeconds === undefined || readsAsEpoch(resetSeconds) ? [] : [{ remaining, resetSeconds }],
    )
    const usedUp = resets.filter(({ remaining }) => remaining === 0)
    const ends = (usedUp.length > 0 ? usedUp : resets).map(({ resetSeconds }) => resetSeconds)
    const wait = waitMs(answer.retryAfter, answer.dateMs)
    if (ends.length === 0 || wait === undefined) return []
    return [{ line: answer.seen.line, value: { endMs: Math.min(...ends) * 1000, answer, wait } }]
  })
  const none = 'no answer has both a Retry-After and the end of a window, in seconds'
  return each(subjects, none, 'answer', ({ endMs, answer: { retryAfter }, wait: [, most] }) => {
    // Two fields of one answer are rounded alike, so a delay is taken as it is written.
    const isEarlier = retryAfter?.kind === 'delay' ? retryAfter.seconds * 1000 < endMs : most < endMs
    return isEarlier
      ? `says Retry-After: ${retryAfter?.text}, while the window ends in ${endMs / 1000} s`
      : undefined
  })
}

function burstRuling(answers: readonly Answer[]): Ruling {
  const subjects = answers.flatMap(({ seen: { line }, quotas }) =>
    quotas.flatMap(({ limit, windowSeconds, remaining, resetSeconds }) => {
      if (!limit || !windowSeconds || remaining === undefined || resetSeconds === undefined) return []
      return [{ line, value: { limit, windowSeconds, remaining, resetSeconds } }]
    }),
  )
  const none = 'no answer states limit, window, what is left and for how long'
  return each(subjects, none, 'statement', ({ limit, windowSeconds, remaining, resetSeconds }) => {
    if (remaining > limit) return `has ${remaining} left of ${limit}`
    // Whole seconds: the last one is told as 0 or as 1.
    const isBurst = remaining * windowSeconds > burstFactor * limit * Math.max(1, resetSeconds)
    if (!isBurst) return undefined
    return `has ${remaining} left for ${resetSeconds} s of ${limit} in ${windowSeconds} s`
  })
}

function statusRuling(answers: readonly Answer[]): Ruling {
  const having = answers.filter(({ quotas }) => quotas.some(({ remaining }) => remaining !== undefined))
  if (having.length === 0) return { state: 'not-testable', why: 'no answer says what is left' }
  const isUsedUp = ({ quotas }: Answer) => quotas.some(({ remaining }) => remaining === 0)
  const refusedWithRest = having.filter((answer) => answer.seen.status === 429 && !isUsedUp(answer))
  const acceptedWithout = having.filter((answer) => answer.seen.outcome === 'accepted' && isUsedUp(answer))
  const withRest = `something is left on ${counted(refusedWithRest.length, '429')}`
  const without = `nothing is left on ${counted(acceptedWithout.length, 'accepted answer')}`
  return {
    state: 'holds',
    lines: fewLines([...refusedWithRest, ...acceptedWithout].map(({ seen }) => seen.line)),
    found: `${withRest}, and ${without}`,
  }
}

/** Texts that name somebody: a mail address, or an IPv4 address. */
const naming = /[^\s@]+@[^\s@]+\.[^\s@]+|(?:^|[^\d.])(?:\d{1,3}\.){3}\d{1,3}(?:[^\d.]|$)/

function partitionRuling(answers: readonly Answer[]): Ruling {
  const keys = (['policy', 'current'] as const).flatMap((field) =>
    itemsOf(answers, field).flatMap(({ line, value: item }) => {
      const key = item.parameters.get('pk')
      return key?.type === 'bytes' ? [{ line, value: { item, key: key.value } }] : []
    }),
  )
  const ruling = each(keys, 'no answer has a partition key', 'key', ({ item, key }) =>
    // What it holds is not told: it may be somebody's.
    naming.test(Buffer.from(key, 'base64').toString('latin1'))
      ? `has a mail or IP address as pk of ${shownName(item)}`
      : undefined,
  )
  if (ruling.state !== 'holds') return ruling
  const why = `none of ${counted(keys.length, 'key')} reads as a mail or IP address; what else is sensitive, only its maker knows`
  return { state: 'not-testable', why }
}
