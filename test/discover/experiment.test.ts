import { describe, expect, test } from 'vitest'
import { nextExperiment } from '../../lib/discover/experiment.ts'
import type { Inquiry } from '../../lib/discover/inquiry.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { documented } from './simulated.ts'

/** A limit of API requests that a run has been fired at as a guess, so many times, and that stayed open. */
function openKey(guess: Partial<Limit>, timesUnsettled: number): Inquiry {
  const [, , apiKey] = documented as [Limit, Limit, Limit]
  return {
    documented: apiKey,
    current: { ...apiKey, ...guess },
    proven: false,
    unproven: false,
    tried: new Map(),
    timesUnsettled,
    isBrief: false,
    isShared: false,
    isBehind: false,
  }
}

describe('what is fired at next', () => {
  const secondsOf = (inquiry: Inquiry) => {
    const { windows = 2.2 } = nextExperiment([inquiry], undefined, 1)
    return (windows * inquiry.current.window) / 1000
  }

  test('is a guess, for 2.2 windows', () => {
    expect(secondsOf(openKey({ window: 2_000 }, 0))).toBeCloseTo(4.4)
  })

  test('is it again for longer where that left it open, and long enough for the window of the spec to show', () => {
    expect(secondsOf(openKey({ window: 20_000 }, 1))).toBeCloseTo(64)
    expect(secondsOf(openKey({ window: 4_000 }, 1))).toBeCloseTo(22)
    expect(secondsOf(openKey({ window: 1_000 }, 1))).toBeCloseTo(11)
  })

  test('is a bucket for no longer than that: the clock strays', () => {
    const { windows } = nextExperiment([openKey({ window: 2_000, algorithm: ['gcra'] }, 1)], undefined, 1)
    expect(windows).toBeUndefined()
  })
})
