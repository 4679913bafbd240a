import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPace, type KeyLimit, paceMs, restMs } from '../../lib/oncall/index.ts'

/** Sends so many requests, one after the other, as a key's pace lets them, on a clock of its own. */
async function sent(limits: readonly KeyLimit[], takingMs: readonly number[]) {
  let nowMs = 1_000
  const waits: number[] = []
  const pace = createPace(limits, (waitMs) => waits.push(waitMs), {
    nowMs: () => nowMs,
    pause: async (waitMs) => {
      nowMs += waitMs
    },
  })
  const atMs: number[] = []
  for (const tookMs of takingMs) {
    await pace.turn()
    atMs.push(nowMs)
    nowMs += tookMs
  }
  return { atMs, waits, restMs: pace.restMs(), pastMs: nowMs - 1_000 }
}

const most = ({ limit }: KeyLimit) => Math.max(1, Math.floor(0.8 * limit))

it('leaves a fifth of every limit to others, in any stretch as long as its window', async () => {
  const limit = fc.record({
    limit: fc.integer({ min: 1, max: 40 }),
    windowMs: fc.integer({ min: 100, max: 60_000 }),
  })
  const times = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 150 })
  await fc.assert(
    fc.asyncProperty(fc.array(limit, { minLength: 1, maxLength: 2 }), times, async (limits, takingMs) => {
      const { atMs, pastMs } = await sent(limits, takingMs)
      for (const each of limits) {
        const tooMany = atMs.some(
          (ms, at) => (atMs[at + most(each)] ?? Number.POSITIVE_INFINITY) - ms <= each.windowMs,
        )
        expect(tooMany).toBe(false)
      }
      // Whoever was told how long it takes is not kept longer, but for the requests themselves.
      expect(pastMs).toBeLessThanOrEqual(
        paceMs(limits, takingMs.length) + takingMs.reduce((sum, ms) => sum + ms, 0),
      )
    }),
  )
})

it('takes 300 requests, for 100 integrations, in two parts where OnCall lets through 300 in 5 minutes', async () => {
  const documented = [{ limit: 300, windowMs: 300_000 }]
  const { waits } = await sent(documented, Array(300).fill(10))
  expect(waits).toEqual([300_000 + 1_000 - 240 * 10])
  expect(paceMs(documented, 300)).toBe(301_000)
})

it('rests until no more requests count than its reserve takes', async () => {
  const documented = [{ limit: 300, windowMs: 300_000 }]
  const rests = async (count: number) => (await sent(documented, Array(count).fill(10))).restMs
  expect(await rests(60)).toBe(0)
  expect(restMs(documented, 60)).toBe(0)
  // When the first of them counts no more.
  expect(await rests(61)).toBe(300_000 + 1_000 - 61 * 10)
  expect(restMs(documented, 61)).toBe(301_000)
})

it('keeps nobody waiting without a limit', async () => {
  expect(await sent([], Array(500).fill(1))).toMatchObject({ waits: [], restMs: 0, pastMs: 500 })
  expect(paceMs([], 500)).toBe(0)
})
