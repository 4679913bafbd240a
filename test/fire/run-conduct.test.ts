import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conduct, type Stage } from '../../lib/fire/conduct.ts'
import type { Watch, WatchAnswer, WatchSend } from '../../lib/plan/index.ts'

/** A world with a clock of its own, in which every answer takes `latencyMs`. */
function simulation(latencyMs: number) {
  let nowMs = 0
  let timers: { atMs: number; act: () => void }[] = []
  const sent: { atMs: number; descriptor: string }[] = []
  const dropped: [string, number][] = []
  const later = (waitMs: number, act: () => void) => {
    const timer = { atMs: nowMs + waitMs, act }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  const stage: Stage = {
    now: () => nowMs,
    later,
    send: ({ descriptor }) => {
      const sentMs = nowMs
      sent.push({ atMs: sentMs, descriptor })
      return new Promise((resolve) =>
        later(latencyMs, () => resolve({ descriptor, outcome: 'accepted', sentMs })),
      )
    },
    dropped: (descriptor, count) => dropped.push([descriptor, count]),
  }
  /** Lets time pass until a promise has settled. */
  async function play<Value>(promise: Promise<Value>): Promise<Value> {
    const over = { is: false }
    const done = () => {
      over.is = true
    }
    promise.then(done, done)
    while (!over.is) {
      for (let turn = 0; turn < 5; turn++) await undefined
      if (over.is) break
      timers.sort((one, other) => one.atMs - other.atMs)
      const next = timers.shift()
      if (!next) throw new Error('the conductor waits for nothing')
      nowMs = Math.max(nowMs, next.atMs)
      next.act()
    }
    return promise
  }
  return { stage, play, sent, dropped }
}

/** Sends one request every so often, `count` of them. */
function metronome(everyMs: number, count: number): Watch & { answers: WatchAnswer[] } {
  let dueMs = 0
  let left = count
  const answers: WatchAnswer[] = []
  return {
    answers,
    due(nowMs) {
      const sends: WatchSend[] = []
      for (; left > 0 && dueMs <= nowMs; dueMs += everyMs, left--)
        sends.push({ descriptor: 'A', purpose: 'fill' })
      return sends
    },
    nextDueMs: () => (left > 0 ? dueMs : undefined),
    answered: (answer) => answers.push(answer),
    takeDropped: () => [],
    get done() {
      return left === 0
    },
  }
}

const free = { maxRequests: 1_000, maxRatePerSecond: 1_000, deadlineMs: 100_000 }

test('what is due is sent when it is due, and the end waits for the last answer', async () => {
  const world = simulation(35)
  const watch = metronome(10, 5)
  expect(await world.play(conduct(watch, world.stage, free))).toEqual({ settled: true })
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30, 40])
  expect(watch.answers).toHaveLength(5)
  expect(watch.answers.at(-1)).toMatchObject({ descriptor: 'A', sentMs: 40, nowMs: 75 })
})

test('a watch that waits for answers alone is asked again after each', async () => {
  const world = simulation(50)
  let sends = 3
  let answered = 3
  const watch: Watch = {
    due: () => {
      if (answered < 3 || sends === 0) return []
      answered = 0
      sends--
      return burst(3)
    },
    nextDueMs: () => undefined,
    answered: () => {
      answered++
    },
    takeDropped: () => [],
    get done() {
      return sends === 0 && answered === 3
    },
  }
  await world.play(conduct(watch, world.stage, free))
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 50, 50, 50, 100, 100, 100])
})

function burst(count: number): WatchSend[] {
  return Array.from({ length: count }, () => ({ descriptor: 'A', purpose: 'fill' as const }))
}

test('the ceiling on the rate holds back, the one on the count ends', async () => {
  const world = simulation(5)
  const ceiling = { maxRequests: 25, maxRatePerSecond: 10, deadlineMs: 100_000 }
  expect(await world.play(conduct(metronome(1, 500), world.stage, ceiling))).toEqual({ settled: false })
  expect(world.sent).toHaveLength(25)
  for (const { atMs } of world.sent) {
    const within = world.sent.filter((other) => other.atMs > atMs - 1_000 && other.atMs <= atMs)
    expect(within.length).toBeLessThanOrEqual(10)
  }
})

test('nothing is sent after the deadline, and what is in flight is waited for', async () => {
  const world = simulation(70)
  const watch = metronome(10, 1_000)
  const ended = await world.play(conduct(watch, world.stage, { ...free, deadlineMs: 100 }))
  expect(ended).toEqual({ settled: false })
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  expect(watch.answers).toHaveLength(10)
})

test('what the watch could not send is told', async () => {
  const world = simulation(5)
  const watch = metronome(10, 2)
  const once = [{ descriptor: 'A', count: 4 }]
  watch.takeDropped = () => once.splice(0)
  await world.play(conduct(watch, world.stage, free))
  expect(world.dropped).toEqual([['A', 4]])
})

test('a watch that throws ends the conducting with its error', async () => {
  const world = simulation(5)
  const watch = metronome(10, 3)
  watch.answered = () => {
    throw new Error('broken watch')
  }
  await expect(world.play(conduct(watch, world.stage, free))).rejects.toThrow('broken watch')
})

test('no more than a ration goes out within its window, whatever the watch wants and however long answers take', async () => {
  const wishes = fc.array(
    fc.record({
      atMs: fc.nat(400),
      descriptor: fc.constantFrom('A', 'B', 'C'),
      count: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const bounds = fc.record({
    most: fc.nat(7),
    windowMs: fc.integer({ min: 1, max: 300 }),
    latencyMs: fc.nat(90),
  })
  await fc.assert(
    fc.asyncProperty(wishes, bounds, async (wanted, { most, windowMs, latencyMs }) => {
      const world = simulation(latencyMs)
      const ceiling = {
        maxRequests: 1_000,
        maxRatePerSecond: 1_000,
        deadlineMs: 1_500,
        rations: [{ descriptors: ['A', 'B'], most, windowMs }],
      }
      await world.play(conduct(insistent(wanted), world.stage, ceiling))
      const rationed = world.sent.filter(({ descriptor }) => descriptor !== 'C').map(({ atMs }) => atMs)
      for (const fromMs of rationed) {
        const within = rationed.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs)
        expect(within.length).toBeLessThanOrEqual(most)
      }
    }),
  )
})

test('what a ration holds back goes out when there is room again', async () => {
  const world = simulation(5)
  const ceiling = { ...free, rations: [{ descriptors: ['A'], most: 2, windowMs: 100 }] }
  expect(await world.play(conduct(metronome(1, 6), world.stage, ceiling))).toEqual({ settled: true })
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([0, 1, 105, 106, 210, 211])
})

test('a clock that is set forward meanwhile frees no ration and no rate', async () => {
  const world = simulation(5)
  const steadyNow = world.stage.now
  // From 50 ms on the wall clock is an hour ahead.
  const now = () => steadyNow() + (steadyNow() >= 50 ? 3_600_000 : 0)
  const ceiling = {
    ...free,
    deadlineMs: 7_200_000,
    maxRatePerSecond: 3,
    rations: [{ descriptors: ['A'], most: 2, windowMs: 2_000 }],
  }
  await world.play(
    conduct(insistent([{ atMs: 0, descriptor: 'A', count: 5 }]), { ...world.stage, now, steadyNow }, ceiling),
  )
  const sentMs = world.sent.map(({ atMs }) => atMs)
  expect(sentMs).toEqual([0, 0, 2_005, 2_005, 4_010])
})

/** Wants everything at once, and never gives up. */
function insistent(wishes: readonly { atMs: number; descriptor: string; count: number }[]): Watch {
  const left = wishes.toSorted((a, b) => a.atMs - b.atMs)
  return {
    due: (nowMs) => {
      const sends: WatchSend[] = []
      while (left.length > 0 && (left[0]?.atMs ?? 0) <= nowMs) {
        const { descriptor, count } = left.shift() ?? { descriptor: '', count: 0 }
        for (let k = 0; k < count; k++) sends.push({ descriptor, purpose: 'fill' })
      }
      return sends
    },
    nextDueMs: () => left[0]?.atMs,
    answered: () => undefined,
    takeDropped: () => [],
    get done() {
      return left.length === 0
    },
  }
}
