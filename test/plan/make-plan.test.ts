import { describe, expect, it } from 'vitest'
import { makePlan } from '../../lib/plan/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { documentedSpec, planOf } from '../simulation/oncall.ts'

const minutes5 = (limits: [scope: string, limit: number][]) =>
  specSchema.parse({ limits: limits.map(([scope, limit]) => ({ name: scope, scope, limit, window: '5m' })) })
const documented = minutes5([
  ['integration', 300],
  ['organization', 500],
  ['apiKey', 300],
])

describe('a plan for the documented limits', () => {
  it('is gentle: 50 alerts and 20 API requests a second at 5 minutes', () => {
    const rates = planOf(documented).fills.map(({ descriptor, ratePerSecond }) => [descriptor, ratePerSecond])
    expect(rates).toEqual([
      ['A', 50],
      ['K', 20],
    ])
  })

  it('fills within a fiftieth to a tenth of the window, however short that is', () => {
    for (const spec of [documented, documentedSpec()]) {
      for (const { gauges } of planOf(spec).watches) {
        for (const { limit, ratePerSecond, windowMs } of gauges) {
          const share = (limit * 1000) / ratePerSecond / windowMs
          expect(share).toBeGreaterThanOrEqual(1 / 51)
          expect(share).toBeLessThanOrEqual(1 / 5)
        }
      }
    }
  })

  it('lasts 2.2 windows at the most, 1.1 when it is to be quick, and as long as it is told', () => {
    expect(planOf(documented).deadlineMs).toBe(660_000)
    expect(planOf(documented, { quick: true }).deadlineMs).toBe(330_000)
    expect(planOf(documented, { windows: 3 }).deadlineMs).toBe(900_000)
  })

  it('tests what is left of the organization through other integrations', () => {
    const [alerts] = planOf(documented).watches
    expect(alerts?.gauges.map(({ scope, fillers }) => [scope, fillers])).toEqual([
      ['integration', ['A']],
      ['organization', ['B', 'C', 'D', 'E']],
    ])
  })

  it('makes as many integrations as a wide organization takes', () => {
    const wide = minutes5([
      ['integration', 100],
      ['organization', 1_000],
    ])
    expect(planOf(wide).descriptors.filter(({ kind }) => kind === 'alert').length).toBeGreaterThanOrEqual(21)
  })

  it('spreads alerts over as many integrations as it is told, where the organization alone is asked for', () => {
    const spread = planOf(documented, { only: ['organization'], spreadOver: 7 })
    expect(spread.descriptors.map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
    expect(spread.fills).toEqual([])
    expect(spread.watches.flatMap(({ gauges }) => gauges)).toMatchObject([
      { scope: 'organization', fillers: ['A', 'B', 'C', 'D', 'E', 'F', 'G'], fillersInTurn: true },
    ])
    const beside = planOf(documented, { only: ['integration', 'organization'], spreadOver: 7 })
    expect(beside).toEqual(planOf(documented, { only: ['integration', 'organization'] }))
  })

  it('plans only what the spec has limits for', () => {
    expect(planOf(minutes5([['apiKey', 300]])).descriptors.map(({ name }) => name)).toEqual(['K'])
    expect(planOf(minutes5([['integration', 300]])).descriptors.map(({ name }) => name)).toEqual(['A'])
  })

  it('refuses a scope that it cannot fire at, in words', () => {
    const made = makePlan(minutes5([['team', 10]]))
    expect(made.ok ? [] : made.problems).toEqual([{ limit: 'team', why: expect.stringContaining('"team"') }])
  })
})
