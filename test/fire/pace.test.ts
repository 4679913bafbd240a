import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PaceBounds, type PaceStage, pace } from '../../lib/fire/pace.ts'

/** A world in which every answer takes `latencyMs`, and a timer fires when `lateMs` says. */
function world(latencyMs: number, lateMs: (atMs: number) => number = () => 0) {
  let nowMs = 0
  const timers: { atMs: number; act: () => void }[] = []
  const sent: { atMs: number; descriptor: string; turn: number }[] = []
  const dropped: string[] = []
  const later = (waitMs: number, act: () => void) => {
    const atMs = nowMs + waitMs
    timers.push({ atMs: atMs + lateMs(atMs), act })
  }
  const stage: PaceStage = {
    steadyNow: () => nowMs,
    later,
    send: (descriptor, turn) => {
      sent.push({ atMs: nowMs, descriptor, turn })
      return new Promise((resolve) => {
        timers.push({ atMs: nowMs + latencyMs, act: resolve })
      })
    },
    dropped: (descriptor) => dropped.push(descriptor),
  }
  /** Lets time pass until all of these have come to their end. */
  async function play(users: Promise<void>[]): Promise<void> {
    let isOver = false
    const all = Promise.all(users).finally(() => {
      isOver = true
    })
    for (;;) {
      for (let turn = 0; turn < 8; turn++) await undefined
      if (isOver) return void (await all)
      timers.sort((one, other) => one.atMs - other.atMs)
      const next = timers.shift()
      if (!next) throw new Error('nothing is waited for')
      nowMs = Math.max(nowMs, next.atMs)
      next.act()
    }
  }
  return { stage, play, sent, dropped }
}

const bounds = (parts: Partial<PaceBounds> = {}): PaceBounds => ({
  first: 0,
  of: 1,
  maxInFlight: 1_000,
  maxPerSecond: 1_000,
  deadlineMs: 100_000,
  ...parts,
})

describe('the pace of a load', () => {
  it('sends when a request is due, for each in turn, however long answers take', async () => {
    const { stage, play, sent } = world(10_000)
    await play([pace(['A', 'B'], Float64Array.of(0, 5, 5, 7.5, 400), stage, bounds())])
    expect(sent).toEqual([
      { atMs: 0, descriptor: 'A', turn: 0 },
      { atMs: 5, descriptor: 'B', turn: 1 },
      { atMs: 5, descriptor: 'A', turn: 2 },
      { atMs: 7.5, descriptor: 'B', turn: 3 },
      { atMs: 400, descriptor: 'A', turn: 4 },
    ])
  })

  it('is over at once where nothing is due', async () => {
    const { stage, play, sent } = world(1)
    await play([pace(['A'], new Float64Array(0), stage, bounds())])
    expect(sent).toEqual([])
  })

  it('drops what there is no room for, and does not send it later', async () => {
    const { stage, play, sent, dropped } = world(25)
    await play([pace(['A', 'B'], Float64Array.of(0, 10, 20, 30, 40, 50), stage, bounds({ maxInFlight: 2 }))])
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10, 30, 40])
    expect(dropped).toEqual(['A', 'B'])
  })

  it('sends late what came due while the machine paused, and no more of it than a second may hold', async () => {
    const schedule = Float64Array.from({ length: 20 }, (_, k) => k * 100)
    const pausing = (atMs: number) => (atMs > 250 && atMs < 900 ? 900 - atMs : 0)
    const free = world(1, pausing)
    await free.play([pace(['A'], schedule, free.stage, bounds())])
    expect(free.sent.map(({ atMs }) => atMs).slice(0, 11)).toEqual([
      0, 100, 200, 900, 900, 900, 900, 900, 900, 900, 1_000,
    ])
    const bounded = world(1, pausing)
    await bounded.play([pace(['A'], schedule, bounded.stage, bounds({ maxPerSecond: 6 }))])
    expect(bounded.sent.map(({ atMs }) => atMs)).toEqual([
      0, 100, 200, 900, 900, 900, 1_000, 1_100, 1_200, 1_900,
    ])
    expect(bounded.dropped).toHaveLength(10)
  })

  it('sends nothing from the deadline on', async () => {
    const { stage, play, sent, dropped } = world(1)
    await play([pace(['A'], Float64Array.of(0, 10, 20, 30), stage, bounds({ deadlineMs: 20 }))])
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10])
    expect(dropped).toEqual(['A', 'A'])
  })

  it('drops what a ration forbids', async () => {
    const { stage, play, sent, dropped } = world(5)
    const rations = [{ descriptors: ['A'], most: 2, windowMs: 50 }]
    await play([pace(['A'], Float64Array.of(0, 10, 20, 30, 54, 56), stage, bounds({ rations }))])
    // The first is answered after 5 ms, so that it may count until 55 ms.
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10, 56])
    expect(dropped).toEqual(['A', 'A', 'A'])
  })

  it('ends with the error of a stage that breaks', async () => {
    const { stage, play } = world(5)
    const broken = { ...stage, send: () => Promise.reject(new Error('broken stage')) }
    await expect(play([pace(['A'], Float64Array.of(0, 1), broken, bounds())])).rejects.toThrow('broken stage')
  })

  it('is shared by several users without a gap, and each request is sent or dropped once', async () => {
    const drawn = fc.record({
      due: fc.array(fc.nat(500), { maxLength: 60 }),
      of: fc.integer({ min: 1, max: 5 }),
      maxInFlight: fc.integer({ min: 1, max: 4 }),
      latencyMs: fc.nat(80),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ due, of, maxInFlight, latencyMs }) => {
        const { stage, play, sent, dropped } = world(latencyMs)
        const schedule = Float64Array.from(due).sort()
        const users = Array.from({ length: of }, (_, first) =>
          pace(['A'], schedule, stage, bounds({ first, of, maxInFlight })),
        )
        await play(users)
        expect(sent.length + dropped.length).toBe(schedule.length)
        expect(new Set(sent.map(({ turn }) => turn)).size).toBe(sent.length)
        for (const { atMs, turn } of sent) expect(atMs).toBe(schedule[turn])
        for (const { atMs } of sent) {
          const open = sent.filter((other) => other.atMs <= atMs && other.atMs + latencyMs > atMs)
          expect(open.length).toBeLessThanOrEqual(Math.max(of * maxInFlight, 1))
        }
      }),
    )
  })
})
