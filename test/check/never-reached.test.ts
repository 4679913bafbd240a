import { expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Limit, specSchema } from '../../lib/spec/index.ts'

// A key of 5 and a team of 8, both in 10 s: what is said of one without an onset.

const { limits } = specSchema.parse({
  limits: [
    { name: 'per key', scope: 'key', limit: 5, window: '10s', algorithm: 'gcra' },
    { name: 'per team', scope: 'team', limit: 8, window: '10s', algorithm: 'gcra' },
  ],
})

type Sent = [key: 'A' | 'B', outcome: Outcome, times: number]

/** Requests 10 ms apart. */
function sent(...all: Sent[]) {
  const one = all.flatMap(([descriptor, outcome, times]) =>
    Array.from({ length: times }, () => ({ descriptor, outcome })),
  )
  const records = one.map((record, k) => ({ ...record, sentUs: 10_000 * k, receivedUs: 10_000 * k + 1_000 }))
  return historyFromRecords(
    { descriptors: { A: { key: 'a', team: 't' }, B: { key: 'b', team: 't' } } },
    records,
  )
}

/** In words, why each limit is open of which no onset is known, and what would settle it. */
function saidOf(history: ReturnType<typeof sent>, changed: Partial<Limit> = {}) {
  const judged = judge(history, {
    limits: limits.map((limit) => ({ ...limit, ...changed })),
    clockDriftPpm: 0,
  })
  return judged.limits
    .filter(({ reason }) => reason === 'never-reached')
    .map(({ name, explanation, whatWouldSettleIt }) => [name, explanation, whatWouldSettleIt])
}

const { accepted, limited } = Outcome
const nothing =
  'Nothing was refused by this limit, so any limit from what was sent upwards explains the history as well.'

it('says that nothing was refused where nothing was', () => {
  expect(saidOf(sent(['A', accepted, 5]))).toEqual([
    ['per key', nothing, 'Send more than 5 within 10 s.'],
    ['per team', nothing, 'Send more than 8 within 10 s.'],
  ])
})

it('says that nothing was refused by it where only the other can have refused', () => {
  expect(saidOf(sent(['A', accepted, 5], ['A', limited, 1]))).toEqual([
    ['per team', nothing, 'Send more than 8 within 10 s.'],
  ])
})

it('says that either may have refused where both were full', () => {
  const why =
    '2 requests were refused that other limits may all have refused: none of them surely by this one.'
  const [perKey, perTeam] = saidOf(sent(['A', accepted, 5], ['B', accepted, 3], ['A', limited, 2]))
  expect(perKey).toEqual([
    'per key',
    why,
    'Let the responses say which limit refused, or send more than 5 within 10 s at a pace at which the others have room.',
  ])
  expect(perTeam?.slice(0, 2)).toEqual(['per team', why])
})

it('says that it refused something where nobody knows after how many', () => {
  const [perKey] = saidOf(sent(['A', Outcome.unknown, 5], ['A', limited, 1]))
  expect(perKey).toEqual([
    'per key',
    '1 request was refused by this limit, but none after as much as half of it was surely let through.',
    'Send more than 5 within 10 s that are answered.',
  ])
})
