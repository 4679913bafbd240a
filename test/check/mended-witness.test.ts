import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { witnessByMending } from '../../lib/check/mend/mended-witness.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { recordOf, type Told } from './conflicts.ts'
import { limiter } from './evidence-of.ts'

const allWork = 100_000
const one = limiter('sliding-log', 1, 10)

/** What is found for limits that all requests meet, and how much work it was. */
function mended(told: readonly Told[], hypotheses: readonly Hypothesis[] = [one], work = allWork) {
  const scopes = Object.fromEntries(hypotheses.map((_, k) => [`scope-${k}`, 'all']))
  const history = historyFromRecords({ descriptors: { A: scopes } }, told.map(recordOf))
  const { limits } = specSchema.parse({
    limits: Object.keys(scopes).map((scope) => ({ name: scope, scope, limit: 1, window: '1s' })),
  })
  const file = new CaseFile(history, limits, 0)
  const assumed = file.cells.map((cell) => {
    const hypothesis = hypotheses[cell.limitIndex] as Hypothesis
    return { cell, hypothesis, evidence: file.evidence(cell, hypothesis) }
  })
  const rows = rowsToExplain(history, assumed, file.refusers)
  const component = new PlayedComponent(history, limits, file.bounds, file.refusers, assumed, rows)
  const allowance = createAllowance(work)
  const witness = witnessByMending(component, assumed, allowance)
  return { atUs: witness && [...witness.atUs], order: witness?.order, used: work - allowance.left }
}

const nothing = { atUs: undefined, order: undefined, used: 0 }

describe('a witness by mending', () => {
  it('has an instant for every request, in an order in which the limits give the same answers', () => {
    const { atUs, order } = mended(['A 1-20 ok', 'A 2-8 ok', 'A 5-9 no'])
    const [last, first, refused] = atUs as [number, number, number]
    expect(last - first).toBeGreaterThanOrEqual(10)
    expect(refused).toBeGreaterThanOrEqual(first)
    expect(order).toEqual([1, 2, 0])
  })

  it('leaves out what may never have been decided', () => {
    expect(mended(['A 1-20 ?', 'A 2-2 ok'])).toMatchObject({ atUs: [Number.NaN, 2], order: [1] })
  })

  it('is one of nothing where nothing was asked', () => {
    expect(mended([])).toEqual({ atUs: [], order: [], used: 0 })
  })

  it('is not found where there is none, with some work', () => {
    const { used, ...found } = mended(['A 5-5 ok', 'A 6-6 ok'])
    expect(found).toEqual({ atUs: undefined, order: undefined })
    expect(used).toBeGreaterThan(0)
  })

  it('has logs of as many requests as their limits have room for, whatever each costs', () => {
    const told = ['A 1-1 ok 2', 'A 2-2 ok 2', 'A 3-3 no 2']
    expect([3, 4, 5, 6].map((limit) => mended(told, [limiter('sliding-log', limit, 10)]).order)).toEqual([
      undefined,
      [0, 1, 2],
      [0, 1, 2],
      undefined,
    ])
  })

  it('is found for 30 logs, which is the most', () => {
    const logs = (count: number) => Array.from({ length: count }, () => one)
    expect(mended(['A 1-1 ok', 'A 2-20 ok'], logs(30)).atUs).toEqual([1, 11])
    expect(mended(['A 1-1 ok', 'A 2-20 ok'], logs(31))).toEqual(nothing)
  })

  it.each<[string, Told[], Hypothesis[], number]>([
    ['costs differ', ['A 1-1 ok', 'A 2-20 ok 2'], [limiter('sliding-log', 3, 10)], allWork],
    ['nothing fits', ['A 1-1 no 2', 'A 2-20 no 2'], [one], allWork],
    ['one of them is no log', ['A 1-1 ok', 'A 2-20 ok'], [one, limiter('fixed-window', 1, 10)], allWork],
    [
      'it depends on the order which log counts a refusal',
      ['A 1-1 ok', 'A 2-9 no'],
      [
        { ...one, limitedRequests: 'counted' },
        { ...one, windowUs: 5 },
      ],
      allWork,
    ],
    ['no work is left', ['A 1-1 ok', 'A 2-20 ok'], [one], 0],
  ])('is not looked for where %s', (_, told, hypotheses, work) => {
    expect(mended(told, hypotheses, work)).toEqual(nothing)
  })
})
