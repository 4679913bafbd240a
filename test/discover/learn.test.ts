import { describe, expect, test } from 'vitest'
import { isBeatOfOuter } from '../../lib/discover/learn.ts'
import type { Algorithm, Limit } from '../../lib/spec/index.ts'
import { inquiryInto } from './inquiry.ts'
import { documentedAlerts, limitsOf } from './simulated.ts'

const [integration, organization] = documentedAlerts as [Limit, Limit]
const nested = { inner: 'integration', outer: 'organization', saysWho: true, innerBurst: 171 }

/** Would a run that passed say no more than that the organization, with 176 in 46 s, lets a burst through? */
function isBeat(limit: number, windowMs: number, ...algorithms: Algorithm[]): boolean {
  const [inner, outer] = limitsOf({
    integration: { limit, windowMs },
    organization: { limit: 176, windowMs: 46_000 },
  }) as [Limit, Limit]
  const inquiries = [inquiryInto(integration, inner), inquiryInto(organization, outer)]
  const passed = algorithms.map((algorithm) => ({ algorithm, span: [windowMs, windowMs] as const }))
  return isBeatOfOuter(inner, passed, inquiries, nested)
}

describe('a pass of an integration says nothing of its window', () => {
  test('where that is a part of the only time in which it is met, and edges alone explain it', () => {
    expect(isBeat(171, 23_000, 'fixed-window')).toBe(true)
    expect(isBeat(171, 15_300, 'fixed-window', 'sliding-counter')).toBe(true)
  })

  test('and else it does', () => {
    expect(isBeat(171, 23_000, 'fixed-window', 'sliding-log')).toBe(false)
    expect(isBeat(171, 7_000, 'first-hit-window')).toBe(false)
    expect(isBeat(171, 19_000, 'fixed-window')).toBe(false)
    expect(isBeat(171, 46_000, 'fixed-window')).toBe(false)
    // The organization has room for two bursts in one window.
    expect(isBeat(80, 23_000, 'fixed-window')).toBe(false)
  })
})
