import { describe, expect, it } from 'vitest'
import { clientReport, untouched } from '../../lib/capacity/client.ts'
import { requestsOf } from '../../lib/capacity/index.ts'
import { Met } from '../../lib/capacity/observation.ts'
import { outcomeOf } from '../../lib/history/index.ts'
import { fireAtQueue } from './simulated-queue.ts'

const times = (length: number, of: (k: number) => number) => Float64Array.from({ length }, (_, k) => of(k))

describe('the client of a step', () => {
  // One request every 10 ms; from 500 to 560 ms it paused, and sent what was due then at 560 ms.
  const dueMs = times(200, (k) => 10 * k)
  const sentMs = dueMs.map((ms) => (ms >= 500 && ms < 560 ? 560 : ms))

  it('has what its pauses may have touched left out, by when it was due alone', () => {
    const clean = untouched({ dueMs, sentMs }, 100)
    // A bound before the pause, the pause, and as long again.
    const touched = [...dueMs].filter((_, k) => clean[k] === 0)
    expect([touched[0], touched.at(-1), touched.length]).toEqual([400, 620, 23])
  })

  it('is the bottleneck where that is most of them', () => {
    const observation = { ...fireAtQueue({ servers: 9, serviceMs: 1 }, 100, 2_000, 1), dueMs, sentMs }
    expect(clientReport([observation], 100)).toMatchObject({
      leftOut: expect.closeTo(23 / 200, 9),
      lateness: { p50Ms: 0, maxMs: 60 },
      troubles: [],
    })
    const late = { ...observation, sentMs: dueMs.map((ms) => ms + 20) }
    expect(clientReport([late], 100).troubles).toEqual([
      'Pauses of the client touched 100 % of the requests: it sent some more than 10 ms late, which shows in what is measured.',
    ])
  })

  it('is the bottleneck where it keeps the machine busy', () => {
    const observation = fireAtQueue({ servers: 9, serviceMs: 1 }, 100, 2_000, 1)
    const busy = { ...observation, cpu: { shareOfCore: 1.9, shareOfMachine: 0.95 } }
    expect(clientReport([observation, busy], 100)).toMatchObject({
      cpu: { shareOfCore: 1.9 },
      troubles: ["k6 kept 95 % of the machine's cores busy, more than 90 %."],
    })
  })
})

describe('the requests of a firing', () => {
  const record = (turn: number, sent: number, status: number) => {
    return {
      descriptor: 'A',
      sent,
      received: sent + 5,
      status,
      durationMs: status === 0 ? undefined : 4,
      turn,
    }
  }
  const left = {
    startedAtMs: 1_000,
    records: [record(2, 1_032, 429), record(0, 1_010, 200), record(3, 1_040, 0)],
    outcomeOf: outcomeOf({ accepted: '2xx', limited: '429' }),
  }
  const schedule = Float64Array.from([10, 20, 30, 40, 50])

  it('are held against its schedule, and what has no record was dropped', () => {
    const { dueMs, sentMs, latencyMs, met } = requestsOf(schedule, { ...left, complete: true })
    expect([...dueMs]).toEqual([10, 20, 30, 40, 50])
    expect([...sentMs]).toEqual([10, 20, 32, 40, 50])
    expect([...latencyMs]).toEqual([4, Number.NaN, 4, 5, Number.NaN])
    expect([...met]).toEqual([Met.accepted, Met.dropped, Met.limited, Met.failed, Met.dropped])
  })

  it('end with the last that was sent, where the firing was broken off', () => {
    expect([...requestsOf(schedule, { ...left, complete: false }).dueMs]).toEqual([10, 20, 30, 40])
  })
})
