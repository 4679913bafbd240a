import { describe, expect, test } from 'vitest'
import { fitsOf } from '../../lib/discover/fit/index.ts'
import { refusersOf } from '../../lib/discover/refusers.ts'
import { streamsOf } from '../../lib/discover/stream.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { type Hidden, limitsOf, metAtHidden } from './simulated.ts'

const hidden = (more: Partial<Hidden>): Hidden => ({
  algorithm: 'fixed-window',
  limits: {
    integration: { limit: 400, windowMs: 7_000 },
    organization: { limit: 700, windowMs: 7_000 },
    apiKey: { limit: 250, windowMs: 7_000 },
  },
  namesRefuser: true,
  seed: 3,
  ...more,
})

describe('what a run looks like', () => {
  test.each(algorithms)('%s: its limit and window, from a run that was planned for others', (algorithm) => {
    const limits = limitsOf({ apiKey: { limit: 270, windowMs: 9_000 } })
    const experiment = { limits, only: ['apiKey'] }
    // Each run meets a phase of its own.
    const streams = [1, 2].flatMap((run) => {
      const history = metAtHidden(hidden({ algorithm }), experiment, run, limits)
      const refusers = refusersOf(history, { scopes: ['apiKey'], only: ['apiKey'], proven: [] })
      return streamsOf(history, 'apiKey', refusers)
    })
    const [best] = fitsOf(streams, 500_000)
    expect(best).toMatchObject({ limit: 250, windowUs: 7_000_000 })
  })
})
