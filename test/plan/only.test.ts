import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { documentedSpec, planOf, simulateOncall } from '../simulation/oncall.ts'

const spec = documentedSpec()
const planFor = (...only: string[]) => planOf(spec, { only })
const alertsOf = (plan: ReturnType<typeof planFor>) => plan.descriptors.filter(({ kind }) => kind === 'alert')

describe('a plan for some scopes only', () => {
  it('sends nothing for the others', () => {
    expect(planFor('apiKey').descriptors.map(({ name }) => name)).toEqual(['K'])
    expect(planFor('integration').descriptors.map(({ name }) => name)).toEqual(['A'])
    const gauges = planFor('integration', 'apiKey').watches.flatMap((watch) => watch.gauges)
    expect(gauges.map(({ scope }) => scope)).toEqual(['integration', 'apiKey'])
  })

  it('lasts as long as the windows of these take', () => {
    const short = {
      ...spec,
      limits: spec.limits.map((each) => ({ ...each, window: each.scope === 'apiKey' ? 1_000 : 10_000 })),
    }
    expect(planOf(short, { only: ['apiKey'] }).deadlineMs).toBe(2_200)
  })

  it('fills an organization through as many integrations as their own limit takes', () => {
    const plan = planFor('organization')
    expect(alertsOf(plan).length).toBeGreaterThanOrEqual(4)
    expect(plan.watches.flatMap((watch) => watch.gauges.map(({ scope }) => scope))).toEqual(['organization'])
  })

  it.each([true, false])(
    'still brings the organization to its onset, whether refusals are named or not (%s)',
    (namesRefuser) => {
      const plan = planFor('organization')
      const judged = judge(simulateOncall(spec, { namesRefuser, latencyMs: 2 }, 3, plan), spec)
      const result = judged.limits.find(({ scope }) => scope === 'organization')
      expect(judged.limits.map(({ verdict }) => verdict)).not.toContain('fail')
      expect(result?.onset).toBeDefined()
      const low = judge(
        simulateOncall(spec, { organization: 480, namesRefuser, latencyMs: 2 }, 3, plan),
        spec,
      )
      expect(low.limits.map(({ scope, verdict }) => [scope, verdict])).not.toContainEqual([
        'organization',
        'pass',
      ])
    },
    30_000,
  )
})
