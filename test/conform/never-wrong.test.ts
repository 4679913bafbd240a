import { describe, expect, test } from 'vitest'
import { askSimulated, tallyWords } from './ask-simulated.ts'

const count = Number(process.env.ONSET_PLATFORMS ?? 5)

describe('what a platform is asked', () => {
  test('is answered rightly or not at all, whatever counts, whenever windows begin and whatever the limits are', async () => {
    const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
    const found = await askSimulated(first, count)
    console.log(tallyWords(found, first, count))
    expect(found.wrong).toEqual([])
    expect(found.asWritten.right).toBeGreaterThan(found.asWritten.open)
  }, 120_000)
})
