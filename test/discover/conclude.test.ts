import { describe, expect, test } from 'vitest'
import { conclude } from '../../lib/discover/conclude.ts'
import { nestedIn } from '../../lib/discover/experiment.ts'
import type { Inquiry } from '../../lib/discover/inquiry.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { inquiryInto } from './inquiry.ts'
import { documentedAlerts, type Hidden, limitsOf, metAtHidden } from './simulated.ts'

/** Buckets that do not say which of them refused; the organization's always does. */
const hidden: Hidden = {
  algorithm: 'gcra',
  limits: {
    integration: { limit: 242, windowMs: 4_000 },
    organization: { limit: 171, windowMs: 10_000 },
    apiKey: { limit: 100, windowMs: 5_000 },
  },
  namesRefuser: false,
  seed: 3,
}

/** A limit that runs leave open, the last one taking it for this. */
function leftOpen(documented: Limit, real: { limit: number; windowMs: number }): Inquiry {
  const [current] = limitsOf({ organization: real })
  const like = { ...documented, ...current, scope: documented.scope }
  return { ...inquiryInto(documented, { ...like, algorithm: ['token-bucket', 'gcra'] }), unproven: true }
}

describe('where no answer says who refused, and the limit of the organization is not proven,', () => {
  test('none of an integration is offered that explains no more than that one', () => {
    const { organization } = hidden.limits
    const inquiries = documentedAlerts.map((documented) => leftOpen(documented, organization))
    const limits = inquiries.map(({ current }) => current)
    const experiments = [
      { limits, only: ['organization'], spreadOver: 5 },
      { limits: limits.slice(0, 1), only: ['integration'] },
    ]
    const runs = experiments.map((experiment, run) => ({
      experiment,
      history: metAtHidden(hidden, experiment, run, experiment.limits),
      read: new Map(),
    }))
    const [own, common] = conclude(inquiries, runs, nestedIn(runs), 200)
    expect(own?.measured).toMatchObject({ as: 'above', hiddenBy: 'per organization' })
    // In the window of the spec, which is longer than its own.
    expect(own?.measured.limit).toBeLessThan(242)
    expect(own?.limit).toBeUndefined()
    expect(common?.limit).toMatchObject({ limit: 171, window: 10_000 })
  })
})

test('a proven limit is not offered beside one on the same requests that is there, and not known', () => {
  const integration = { limit: 103, windowMs: 30_000 }
  const organization = { limit: 290, windowMs: 3_000 }
  const limits = { integration, organization, apiKey: { limit: 200, windowMs: 4_000 } }
  const named: Hidden = { algorithm: 'first-hit-window', limits, namesRefuser: true, seed: 1 }
  const experiment = { limits: documentedAlerts, only: ['integration', 'organization'] }
  const history = metAtHidden(named, experiment, 0, documentedAlerts)
  const [inner, outer] = documentedAlerts as [Limit, Limit]
  const [known] = limitsOf({ organization }) as [Limit]
  const inquiries = [
    { ...inquiryInto(inner, inner), unproven: true },
    { ...inquiryInto(outer, known), proven: true },
  ]
  const runs = [{ experiment, history, read: new Map() }]
  const concluded = conclude(inquiries, runs, nestedIn(runs), 200)
  expect(concluded.map(({ measured }) => measured.as)).toEqual(['unknown', 'proven'])
  // A run at the organization's alone would meet refusals of the other one.
  expect(concluded.map(({ limit }) => limit)).toEqual([undefined, undefined])
})
