import { describe, expect, it } from 'vitest'
import { makePlan } from '../../lib/plan/index.ts'
import { keyDescriptor, loadKeyDescriptor, setupDescriptor } from '../../lib/run/keys.ts'
import { loadKeysOf } from '../../lib/run/load-keys.ts'
import { type Spec, specSchema } from '../../lib/spec/index.ts'
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

  it('fills an organization of small integrations in a part of its window, unless a rate is given', () => {
    const small = minutes5([
      ['integration', 10],
      ['organization', 5_000],
    ])
    const ratesOf = (options?: Parameters<typeof planOf>[1]) =>
      planOf(small, options).watches[0]?.gauges.map(({ ratePerSecond }) => ratePerSecond)
    // Each ten that are let through come with six that show that an integration is full.
    expect(ratesOf()).toEqual([2, Math.ceil((5_000 * 1.6) / 75)])
    expect(ratesOf({ alertsPerSecond: 7 })).toEqual([7, 7])
  })

  it('names no integration as a key, however many there are', () => {
    const { descriptors } = planOf(documented, { only: ['organization'], spreadOver: 100 })
    const names = descriptors.map(({ name }) => name)
    expect(new Set(names).size).toBe(100)
    const ofKeys = [
      keyDescriptor,
      setupDescriptor,
      ...loadKeysOf(Array(9).fill({ apiKey: 'x' })).map(loadKeyDescriptor),
    ]
    expect(names.filter((name) => ofKeys.some((key) => key.name === name))).toEqual([])
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

describe('a plan for windows that differ', () => {
  const alerts = (integration: string, organization: string, algorithm = 'any') =>
    specSchema.parse({
      limits: [integration, organization].map((text, k) => {
        const [limit, window] = text.split('/')
        const scope = ['integration', 'organization'][k]
        return { name: scope, scope, limit: Number(limit), window, algorithm }
      }),
    })
  const turns = (spec: Spec) =>
    planOf(spec, { oneAfterAnother: true }).watches.map(({ gauges, deadlineMs }) => ({
      scopes: gauges.map(({ scope }) => scope),
      untilSeconds: deadlineMs / 1000,
    }))
  const atOnce = [{ scopes: ['integration', 'organization'] }]

  it('fills an integration first, then the organization through others in turn', () => {
    const plan = planOf(alerts('100/10s', '250/20s'), { oneAfterAnother: true })
    expect(turns(alerts('100/10s', '250/20s'))).toEqual([
      { scopes: ['integration'], untilSeconds: 22 },
      { scopes: ['organization'], untilSeconds: 66 },
    ])
    expect(plan.watches[1]?.startMs).toBe(22_000)
    expect(plan.deadlineMs).toBe(66_000)
    const [own, others] = plan.watches.map(({ gauges }) => gauges[0]?.fillers ?? [])
    expect(own).toEqual(['A'])
    expect(others).not.toContain('A')
    // Three of its windows and more go through the organization, and no integration comes near its own limit.
    expect((3.2 * 250) / (others?.length ?? 0)).toBeLessThan(100)
    expect(plan.descriptors.map(({ name }) => name)).toEqual(['A', ...(others ?? [])])
  })

  it('fires at an integration for longer where its organization holds it up', () => {
    expect(turns(alerts('200/10s', '250/20s'))).toMatchObject([{ untilSeconds: 44 }, { untilSeconds: 88 }])
  })

  it('fills an integration at a pace that its organization lets through where that lets less through at once', () => {
    const [fill] = planOf(alerts('400/20s', '300/10s'), { oneAfterAnother: true }).fills
    expect(fill).toMatchObject({ descriptor: 'A', ratePerSecond: 27 })
  })

  it('fires at both at once where their windows are alike, or one hides the other, or nobody says that it may', () => {
    expect(turns(alerts('100/10s', '250/10s'))).toMatchObject(atOnce)
    expect(turns(alerts('600/10s', '300/20s'))).toMatchObject(atOnce)
    expect(planOf(alerts('100/10s', '250/20s')).watches).toHaveLength(1)
    expect(turns(alerts('400/20s', '300/10s', 'token-bucket'))).toMatchObject(atOnce)
    expect(turns(alerts('100/20s', '300/10s', 'token-bucket'))).toHaveLength(2)
  })
})
