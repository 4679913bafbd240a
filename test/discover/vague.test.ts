import { describe, expect, test } from 'vitest'
import { refusersOf } from '../../lib/discover/refusers.ts'
import { streamsOf } from '../../lib/discover/stream.ts'
import { isVague } from '../../lib/discover/vague.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { documented, type Hidden, metAtHidden } from './simulated.ts'

const hidden: Hidden = {
  algorithm: 'sliding-log',
  limits: {
    integration: { limit: 400, windowMs: 7_000 },
    organization: { limit: 700, windowMs: 7_000 },
    apiKey: { limit: 250, windowMs: 8_000 },
  },
  namesRefuser: true,
  seed: 3,
}

describe('a limit that explains all runs, though none has passed with it,', () => {
  const [, , apiKey] = documented as [Limit, Limit, Limit]
  const history = metAtHidden(hidden, { limits: [apiKey], only: ['apiKey'] }, 0, [apiKey])
  const refusers = refusersOf(history, { scopes: ['apiKey'], only: ['apiKey'], proven: [] })
  const streams = streamsOf(history, 'apiKey', refusers)
  const isTheOne = (limit: number, windowMs: number) => (one: Limit) =>
    one.limit === limit && one.window === windowMs
  const guess = { ...apiKey, limit: 190, window: 600 }

  test('is one of several where what was let through first may have been all, in another window that people write', () => {
    expect(isVague(guess, apiKey, streams, isTheOne(250, 8_000))).toBe(true)
    expect(isVague(guess, apiKey, streams, isTheOne(190, 31_000))).toBe(true)
  })

  test('is the only one where nothing else does, or only what is near it', () => {
    expect(isVague(guess, apiKey, streams, () => false)).toBe(false)
    expect(isVague({ ...guess, window: 8_100 }, apiKey, streams, isTheOne(250, 8_000))).toBe(false)
  })
})
