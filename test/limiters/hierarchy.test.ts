import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHierarchy, createLimiter, type EnforcedLimit } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'

const limitOf = (name: string, limit: number, rest: Partial<EnforcedLimit> = {}): EnforcedLimit => ({
  name,
  scope: name,
  model: () => createLimiter('fixed-window', { limit, windowUs: 1_000 }),
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
  ...rest,
})

const alert = (integration: string, atUs = 0, cost = 1) => ({
  scopes: { integration, organization: 'acme' },
  atUs,
  cost,
})

describe('a hierarchy', () => {
  test('counts each value of a scope apart, and names the first limit that refuses', () => {
    const { decide } = createHierarchy([limitOf('integration', 3), limitOf('organization', 5)])
    const answers = ['A', 'A', 'A', 'A', 'B', 'B', 'B', 'A'].map((name) => decide(alert(name)))
    expect(answers.map(({ admitted }) => admitted)).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ])
    expect(answers[3]).toEqual({ admitted: false, refusedBy: 0, fullIn: [0] })
    expect(answers[6]).toEqual({ admitted: false, refusedBy: 1, fullIn: [1] })
    expect(answers[7]).toEqual({ admitted: false, refusedBy: 0, fullIn: [0, 1] })
  })

  test('a limit does not apply to a request without its scope', () => {
    const { decide } = createHierarchy([limitOf('apiKey', 1), limitOf('constructor', 0)])
    for (let n = 0; n < 5; n++) expect(decide(alert('A')).admitted).toBe(true)
    expect(decide({ scopes: { apiKey: 'K' }, atUs: 0, cost: 1 }).admitted).toBe(true)
    expect(decide({ scopes: { apiKey: 'K' }, atUs: 0, cost: 1 }).admitted).toBe(false)
  })

  test('a cost is admitted whole or refused whole', () => {
    const { decide } = createHierarchy([limitOf('integration', 5)])
    expect(decide(alert('A', 0, 3)).admitted).toBe(true)
    expect(decide(alert('A', 0, 3)).admitted).toBe(false)
    expect(decide(alert('A', 0, 2)).admitted).toBe(true)
    expect(decide(alert('A', 0, 1)).admitted).toBe(false)
  })

  test.each([
    ['free', 'outer', true],
    ['counted', 'outer', false],
    ['earlier', 'outer', true],
    ['free', 'inner', true],
    ['counted', 'inner', false],
    ['earlier', 'inner', false],
  ] as const)(
    'chargedWhenRefused %s, the limit being the %s one: still room afterwards %s',
    (rule, place, room) => {
      // `small` refuses everything; whether `watched` was charged shows once small no longer applies.
      const small = limitOf('small', 0)
      const watched = limitOf('watched', 1, { chargedWhenRefused: rule })
      const { decide } = createHierarchy(place === 'inner' ? [watched, small] : [small, watched])
      const both = { scopes: { small: 'x', watched: 'y' }, atUs: 0, cost: 1 }
      expect(decide(both).admitted).toBe(false)
      expect(decide({ scopes: { watched: 'y' }, atUs: 0, cost: 1 }).admitted).toBe(room)
    },
  )

  test('limitedRequests decides whether a log is prolonged by its own refusals', () => {
    const log = () => createLimiter('sliding-log', { limit: 1, windowUs: 10 })
    const at = (atUs: number) => ({ scopes: { key: 'k' }, atUs, cost: 1 })
    const free = createHierarchy([limitOf('key', 1, { model: log })])
    const counted = createHierarchy([limitOf('key', 1, { model: log, limitedRequests: 'counted' })])
    expect([0, 5, 10].map((us) => free.decide(at(us)).admitted)).toEqual([true, false, true])
    expect([0, 5, 10, 20].map((us) => counted.decide(at(us)).admitted)).toEqual([true, false, false, true])
  })

  test('the next admission is the latest of all limits, and changes nothing', () => {
    const wide = () => createLimiter('fixed-window', { limit: 1, windowUs: 7_000 })
    const hierarchy = createHierarchy([
      limitOf('integration', 1),
      limitOf('organization', 1, { model: wide }),
    ])
    expect(hierarchy.admitsFromUs(alert('A', 5))).toBe(5)
    hierarchy.decide(alert('A', 5))
    expect(hierarchy.admitsFromUs(alert('A', 6))).toBe(7_000)
    expect(hierarchy.admitsFromUs(alert('A', 6, 2))).toBe(Number.POSITIVE_INFINITY)
    expect(hierarchy.decide(alert('A', 7_000)).admitted).toBe(true)
  })

  test('what is forgotten starts empty', () => {
    const { decide, forget } = createHierarchy([limitOf('integration', 1), limitOf('organization', 9)])
    decide(alert('A'))
    forget('integration', 'A')
    expect(decide(alert('A')).admitted).toBe(true)
  })

  test('what is forgotten of one scope is kept of another with the same value', () => {
    const { decide, forget } = createHierarchy([limitOf('integration', 9), limitOf('organization', 1)])
    decide(alert('acme'))
    forget('integration', 'acme')
    expect(decide(alert('acme')).admitted).toBe(false)
  })

  test('agrees with the rule written out, over random limits and requests', () => {
    const names = ['first', 'second', 'third']
    const rules = fc.array(
      fc.record({
        algorithm: fc.constantFrom(...algorithms),
        limit: fc.integer({ min: 1, max: 4 }),
        windowUs: fc.integer({ min: 1, max: 30 }),
        limitedRequests: fc.constantFrom('counted' as const, 'free' as const),
        chargedWhenRefused: fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const),
      }),
      { minLength: 3, maxLength: 3 },
    )
    const requests = fc.array(
      fc.record({
        gapUs: fc.integer({ min: 0, max: 9 }),
        cost: fc.integer({ min: 1, max: 3 }),
        carries: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(rules, requests, (limits, sent) => {
        const models = limits.map(({ algorithm, limit, windowUs }) =>
          createLimiter(algorithm, { limit, windowUs }),
        )
        const states = models.map((model) => model.init())
        const hierarchy = createHierarchy(
          limits.map((limit, i) => ({
            ...limit,
            name: names[i] as string,
            scope: names[i] as string,
            model: () => models[i] as (typeof models)[number],
          })),
        )
        let atUs = 0
        for (const { gapUs, cost, carries } of sent) {
          atUs += gapUs
          const scopes = Object.fromEntries(names.filter((_, i) => carries[i]).map((name) => [name, 'x']))
          const full = models.map((model, i) => carries[i] === true && !model.admits(states[i], atUs, cost))
          const refuser = full.indexOf(true)
          const decision = hierarchy.decide({ scopes, atUs, cost })
          expect(decision.admitted).toBe(refuser === -1)
          expect(decision.refusedBy ?? -1).toBe(refuser)
          models.forEach((model, i) => {
            if (!carries[i]) return
            const { limitedRequests, chargedWhenRefused } = limits[i] as (typeof limits)[number]
            let charged: boolean
            if (refuser === -1) charged = true
            else if (full[i]) charged = limitedRequests === 'counted'
            else if (chargedWhenRefused === 'earlier') charged = refuser > i
            else charged = chargedWhenRefused === 'counted'
            if (charged) states[i] = model.charge(states[i], atUs, cost)
          })
        }
      }),
    )
  })
})
