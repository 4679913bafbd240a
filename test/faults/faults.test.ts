import { describe, expect, it } from 'vitest'
import { correctLimiters } from './correct/index.ts'
import { faults } from './index.ts'
import { falseAlarms, hunt, inWords, tryFault } from './run.ts'

/** How many histories correct limiters are given; ONSET_SEED draws the same ones again. */
const histories = Number(process.env.ONSET_FAULT_HISTORIES ?? 270)
const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
console.log(`faults: from seed ${seed} on (ONSET_SEED replays them)`)

describe('a faulty limiter', () => {
  it.each(faults)('is caught: $name', async (fault) => {
    const { caught, missed } = await hunt(fault, seed)
    expect(caught, missed.map(inWords).join('\n')).toBeDefined()
    expect(caught?.result.certificate?.records.length).toBeGreaterThan(0)
  })

  it('meets the same history for the same seed', async () => {
    const fault = faults.find(({ name }) => name === 'lost-updates') as (typeof faults)[number]
    const [one, other] = [await tryFault(fault, seed), await tryFault(fault, seed)]
    expect(other.history).toEqual(one.history)
  })
})

describe('a correct limiter', () => {
  it(`is never accused, in ${histories} histories`, { timeout: 3_600_000 }, async () => {
    const passed = new Set<string>()
    const alarms = await falseAlarms(correctLimiters, seed, histories, ({ limiter, result }) => {
      if (result.verdict === 'pass') passed.add(limiter)
    })
    expect(alarms.map(inWords)).toEqual([])
    // Who never says anything accuses nobody either.
    expect(passed.size).toBeGreaterThan(correctLimiters.length / 2)
  })
})

describe('the catalogue', () => {
  it('has a name of its own for each limiter', () => {
    const names = [...faults, ...correctLimiters].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
