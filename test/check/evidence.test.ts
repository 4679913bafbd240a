import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { Demand, Use } from '../../lib/check/evidence/evidence.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'

type Rules = Pick<Hypothesis, 'limitedRequests' | 'chargedWhenRefused'>

/**
 * What a refusal, after one request that was let through, demands of a limit of the organization, and whether
 * it counted it. Limits are of 1 in a second, in the order of the list; there may be several of a scope.
 * @param limitedBy what the answer names.
 */
function ofOrganization(
  scopes: string[],
  limitedBy: string | undefined,
  rules: Rules,
  limit = 1,
  algorithm: Algorithm = 'sliding-log',
) {
  const { limits } = specSchema.parse({
    limits: scopes.map((scope, k) => ({
      ...{ name: `${scope} ${k}`, scope, limit: scope === 'org' ? limit : 1, window: '1s' },
      ...{ algorithm, ...rules },
    })),
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A', org: 'o' } } }, [
    { descriptor: 'A', sentUs: 0, receivedUs: 0, outcome: Outcome.accepted },
    { descriptor: 'A', sentUs: 10, receivedUs: 10, outcome: Outcome.limited, limitedBy },
  ])
  const file = new CaseFile(history, limits, 0)
  const cell = file.cells.find((one) => one.limit.scope === 'org')
  if (!cell) throw new Error('the organization has a limit')
  const hypothesis = { algorithm, limit, windowUs: 1_000_000, ...rules }
  const { demand, use } = file.evidence(cell, hypothesis)
  return [demand[1], use[1]]
}

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const ownCounted = { limitedRequests: 'counted', chargedWhenRefused: 'free' } as const
const othersCounted = { limitedRequests: 'free', chargedWhenRefused: 'counted' } as const
const laterCounted = { limitedRequests: 'free', chargedWhenRefused: 'earlier' } as const

describe('a refusal that the answer does not explain', () => {
  it('may have been made by any limit that may have been full', () => {
    expect(ofOrganization(['key', 'org'], undefined, free)).toEqual([Demand.none, Use.never])
    expect(ofOrganization(['key', 'org'], undefined, ownCounted)).toEqual([Demand.none, Use.maybe])
  })

  it('is as good as counted by a window that is charged for others: where it was full itself, one more is nothing', () => {
    const both = ['key', 'org']
    expect(ofOrganization(both, undefined, othersCounted, 1, 'fixed-window')).toEqual([
      Demand.none,
      Use.surely,
    ])
    expect(ofOrganization(both, undefined, free, 1, 'fixed-window')).toEqual([Demand.none, Use.never])
    expect(ofOrganization(both, undefined, othersCounted)).toEqual([Demand.none, Use.maybe])
  })

  it('was made by the only one that may have been full', () => {
    expect(ofOrganization(['org'], undefined, free)).toEqual([Demand.refuse, Use.never])
    expect(ofOrganization(['org'], undefined, ownCounted)).toEqual([Demand.refuse, Use.surely])
  })

  it('has to be answered for by each where none can have been full', () => {
    expect(ofOrganization(['org'], undefined, free, 9)).toEqual([Demand.refuse, Use.never])
  })

  it('is none of a limit that surely had room', () => {
    expect(ofOrganization(['key', 'org'], undefined, ownCounted, 9)).toEqual([Demand.none, Use.never])
    expect(ofOrganization(['key', 'org'], undefined, othersCounted, 9)).toEqual([Demand.none, Use.surely])
  })
})

describe('a refusal that the answer says another limit made', () => {
  it('was let through by those before it', () => {
    expect(ofOrganization(['org', 'key'], 'key', free)).toEqual([Demand.vacant, Use.never])
    expect(ofOrganization(['org', 'key'], 'key', ownCounted)).toEqual([Demand.vacant, Use.never])
    expect(ofOrganization(['org', 'key', 'key'], 'key', ownCounted)).toEqual([Demand.vacant, Use.never])
  })

  it('says nothing of those after it', () => {
    expect(ofOrganization(['key', 'org'], 'key', free)).toEqual([Demand.none, Use.never])
    expect(ofOrganization(['key', 'org'], 'key', ownCounted)).toEqual([Demand.none, Use.maybe])
    // Of two of that scope the first may have made it.
    expect(ofOrganization(['key', 'org', 'key'], 'key', free)).toEqual([Demand.none, Use.never])
    expect(ofOrganization(['key', 'org', 'key'], 'key', ownCounted)).toEqual([Demand.none, Use.maybe])
  })

  it('is counted by those that are charged for it', () => {
    expect(ofOrganization(['org', 'key'], 'key', othersCounted)).toEqual([Demand.vacant, Use.surely])
    expect(ofOrganization(['org', 'key'], 'key', laterCounted)).toEqual([Demand.vacant, Use.surely])
    expect(ofOrganization(['key', 'org'], 'key', laterCounted)).toEqual([Demand.none, Use.never])
    expect(ofOrganization(['key', 'org', 'key'], 'key', laterCounted)).toEqual([Demand.none, Use.maybe])
  })
})

describe('what is counted before a limiter is known to have been empty', () => {
  const hiddenUntil = (more: Record<string, unknown>, algorithm: Algorithm, rules: Rules = free) => {
    const { limits } = specSchema.parse({
      limits: [{ name: 'one', scope: 'key', limit: 1, window: '1s', algorithm, ...rules, ...more }],
    })
    const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
      { descriptor: 'A', sentUs: 0, receivedUs: 500, outcome: Outcome.accepted },
      { descriptor: 'A', sentUs: 100, receivedUs: 300, outcome: Outcome.accepted },
    ])
    const file = new CaseFile(history, limits, 0)
    const hypothesis = { algorithm, limit: 1, windowUs: 1_000_000, ...rules }
    return file.cells.map((cell) => file.evidence(cell, hypothesis).hiddenUseUntilUs)
  }
  const full = { startsEmpty: false }

  it('is nothing where it starts empty', () => {
    expect(hiddenUntil({}, 'fixed-window')).toEqual([Number.NEGATIVE_INFINITY])
    expect(hiddenUntil({}, 'gcra', ownCounted)).toEqual([Number.NEGATIVE_INFINITY])
  })

  it('may last two windows from when the first request is surely there', () => {
    expect(hiddenUntil(full, 'sliding-counter')).toEqual([2_000_300])
    expect(hiddenUntil(full, 'sliding-log', ownCounted)).toEqual([2_000_300])
  })

  it('lasts in a bucket until all that it holds, and all that was taken out since, has flowed in', () => {
    for (const algorithm of ['token-bucket', 'gcra'] as const) {
      expect(hiddenUntil(full, algorithm)).toEqual([3_000_301])
    }
  })

  it('may last for ever in a bucket that may be in debt, and where others use it', () => {
    const forEver = [Number.POSITIVE_INFINITY]
    expect(hiddenUntil(full, 'token-bucket', ownCounted)).toEqual(forEver)
    expect(hiddenUntil(full, 'gcra', othersCounted)).toEqual(forEver)
    expect(hiddenUntil(full, 'gcra', laterCounted)).toEqual(forEver)
    expect(hiddenUntil({ foreignTraffic: 'possible' }, 'fixed-window')).toEqual(forEver)
  })
})
