import { expect, test } from 'vitest'
import { algorithms } from '../../lib/spec/index.ts'
import { started, startedWithClock } from './started.ts'

const statusesOf = (replies: { status: number }[]) => replies.map(({ status }) => status)

test('one after another: nothing is lost', async () => {
  const { alert, integration } = await started({
    limits: { integration: { limit: 3, windowMs: 3_600_000, phaseMs: Date.now() } },
    faults: { lostUpdates: { pauseMs: 5 } },
  })
  const { link } = await integration()
  const replies = []
  for (let n = 0; n < 5; n++) replies.push(await alert(link))
  expect(statusesOf(replies)).toEqual([200, 200, 200, 429, 429])
})

test.each(algorithms)('%s, together: all are let through, and one of them is counted', async (algorithm) => {
  const { alert, integration, clock } = await startedWithClock({
    limits: { integration: { algorithm, limit: 3, windowMs: 3_600_000 }, organization: null },
    faults: { lostUpdates: { pauseMs: 5 } },
  })
  const { link } = await integration()
  // The clock stands still, so all of them read before anything is written.
  expect(statusesOf(await Promise.all(Array.from({ length: 8 }, () => alert(link))))).toEqual(
    Array(8).fill(200),
  )
  const replies = []
  for (let n = 0; n < 3; n++) {
    clock.nowUs += 5_000
    replies.push(await alert(link))
  }
  expect(statusesOf(replies)).toEqual([200, 200, 429])
})

test('API requests lose updates as well', async () => {
  const { api } = await startedWithClock({
    limits: { apiKey: { limit: 2 } },
    faults: { lostUpdates: { pauseMs: 1 } },
  })
  const together = await Promise.all(Array.from({ length: 5 }, () => api('GET', 'users/current/')))
  expect(statusesOf(together)).toEqual(Array(5).fill(200))
})
