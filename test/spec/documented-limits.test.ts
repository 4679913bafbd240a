import { expect, test } from 'vitest'
import { documentedOncallLimits, type Spec, shortened } from '../../lib/spec/index.ts'

const spec: Spec = {
  limits: [...documentedOncallLimits],
  outcomes: { accepted: '2xx', limited: '429' },
  clockDriftPpm: 200,
}

test('the documented limits of OnCall are three, each in 5 minutes', () => {
  expect(documentedOncallLimits.map(({ scope, limit, window }) => [scope, limit, window])).toEqual([
    ['integration', 300, 300_000],
    ['organization', 500, 300_000],
    ['apiKey', 300, 300_000],
  ])
})

test('a shortened spec has the longest window as asked, and the others in proportion', () => {
  const [one, two, three] = spec.limits as [Spec['limits'][0], Spec['limits'][0], Spec['limits'][0]]
  const mixed = { ...spec, limits: [one, { ...two, window: 60_000 }, { ...three, window: 1 }] }
  expect(shortened(mixed, 2_000).limits.map(({ window }) => window)).toEqual([2_000, 400, 1])
  expect(shortened(mixed, 2_000).limits.map(({ limit }) => limit)).toEqual([300, 500, 300])
  expect(mixed.limits[0]?.window).toBe(300_000)
})

test('a spec whose windows are short already stays as it is', () => {
  expect(shortened(spec, 300_000)).toBe(spec)
  expect(shortened(spec, 600_000)).toBe(spec)
})
