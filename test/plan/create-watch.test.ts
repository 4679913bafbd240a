import { describe, expect, it } from 'vitest'
import { createWatch, type Gauge, type Watch, type WatchAnswer } from '../../lib/plan/index.ts'

const gauge = (scope: string, fillers: string[], limit: number): Gauge => ({
  scope,
  limit,
  windowMs: 1_000,
  fillers,
  ratePerSecond: 1_000,
  probeEveryMs: 10,
  confirmRefusals: 2,
  maxFill: 100,
})
const watchOf = (gauges: Gauge[], more: { maxRequests?: number; maxInFlight?: number } = {}) =>
  createWatch({
    name: 'test',
    gauges,
    startMs: 0,
    deadlineMs: 2_200,
    maxInFlight: 50,
    maxRequests: 1_000,
    ...more,
  })

/** Runs a watch on a fake clock of 1 ms, each request answered at once. */
function run(
  watch: Watch,
  answer: (descriptor: string, nowMs: number) => Omit<WatchAnswer, 'descriptor' | 'sentMs' | 'nowMs'>,
) {
  const sent: { descriptor: string; nowMs: number; outcome: string }[] = []
  let nowMs = 0
  for (; !watch.done; nowMs++) {
    for (const { descriptor } of watch.due(nowMs)) {
      const answered = answer(descriptor, nowMs)
      sent.push({ descriptor, nowMs, outcome: answered.outcome })
      watch.answered({ descriptor, sentMs: nowMs, nowMs, ...answered })
    }
  }
  return { sent, endedMs: nowMs }
}

describe('a watch', () => {
  it('fills, confirms the refusal, probes sparsely, and fills again at once when it recovers', () => {
    let left = 20
    let resetMs = 0
    const { sent, endedMs } = run(watchOf([gauge('key', ['K'], 20)]), (_, nowMs) => {
      if (nowMs - resetMs >= 1_000) {
        left = 20
        resetMs += 1_000
      }
      return { outcome: left-- > 0 ? 'accepted' : 'limited' }
    })
    const accepted = sent.filter(({ outcome }) => outcome === 'accepted')
    expect(accepted.filter(({ nowMs }) => nowMs < 1_000)).toHaveLength(20)
    expect(accepted.filter(({ nowMs }) => nowMs >= 1_000 && nowMs < 2_000)).toHaveLength(20)
    const probes = sent.filter(({ nowMs }) => nowMs > 100 && nowMs < 900)
    expect(probes.length).toBeGreaterThan(70)
    expect(probes.length).toBeLessThan(90)
    // Two recoveries a window apart, a last short burst, and no more.
    expect(endedMs).toBeLessThan(2_100)
  })

  it('waits after another limit was in the way, so that all that this lets through comes right before and after an edge', () => {
    let left = 20
    let edgeMs = 0
    const patient = { ...gauge('integration', ['A'], 100), waitsMs: [660, 0] }
    const { sent } = run(watchOf([patient], {}), (_, nowMs) => {
      if (nowMs - edgeMs >= 700) {
        left = 20
        edgeMs += 700
      }
      return left-- > 0 ? { outcome: 'accepted' } : { outcome: 'limited', limitedBy: 'organization' }
    })
    const fills = sent.filter(({ outcome }) => outcome === 'accepted').map(({ nowMs }) => nowMs)
    // The edge at 700 ms is seen by a probe; then comes what is left before the one at 1,400 ms, and all after it.
    expect(fills.filter((ms) => ms >= 700 && ms < 1_350)).toHaveLength(1)
    expect(fills.filter((ms) => ms >= 1_350 && ms < 1_450)).toHaveLength(39)
  })

  it('rests after a few requests where it is to leave room in another limit, each time as long as it is told', () => {
    let left = 20
    let resetMs = 0
    const resting = { ...gauge('integration', ['A'], 20), refill: { atOnce: 3, restsMs: [250, 400] } }
    const { sent } = run(watchOf([{ ...resting, windowsApart: 20 }]), (_, nowMs) => {
      if (nowMs - resetMs >= 100) {
        left = 20
        resetMs = nowMs
      }
      return { outcome: left-- > 0 ? 'accepted' : 'limited' }
    })
    const within = (fromMs: number, toMs: number) =>
      sent.filter(({ nowMs }) => nowMs >= fromMs && nowMs < toMs).length
    // Recovered by 105 ms: the probe that showed it, three more, and then nothing for 250 ms.
    const recoveredMs = sent.find(({ nowMs, outcome }) => nowMs > 50 && outcome === 'accepted')?.nowMs ?? 0
    expect(within(recoveredMs, recoveredMs + 240)).toBe(4)
    expect(within(recoveredMs + 240, recoveredMs + 340)).toBeGreaterThanOrEqual(20)
    const again = sent.filter(({ nowMs }) => nowMs > recoveredMs + 350)
    const againMs = again.find(({ outcome }) => outcome === 'accepted')?.nowMs ?? 0
    expect(within(againMs, againMs + 390)).toBe(4)
    expect(within(againMs + 390, againMs + 490)).toBeGreaterThanOrEqual(20)
  })

  it('is done with a bucket as soon as what flows in was seen for as long as it takes', () => {
    let tokens = 20
    let lastMs = 0
    const { sent, endedMs } = run(
      watchOf([{ ...gauge('key', ['K'], 20), windowsApart: 0.4 }]),
      (_, nowMs) => {
        tokens = Math.min(20, tokens + (nowMs - lastMs) / 50)
        lastMs = nowMs
        if (tokens < 1) return { outcome: 'limited' }
        tokens--
        return { outcome: 'accepted' }
      },
    )
    expect(endedMs).toBeGreaterThanOrEqual(400)
    expect(endedMs).toBeLessThan(600)
    expect(sent.filter(({ outcome }) => outcome === 'accepted').length).toBeGreaterThanOrEqual(28)
  })

  it('goes on with a fresh integration where the last one is full itself', () => {
    const units: Record<string, number> = {}
    const { sent } = run(
      watchOf([gauge('integration', ['A'], 10), gauge('organization', ['B', 'C'], 25)]),
      (descriptor) => {
        const total = Object.values(units).reduce((sum, n) => sum + n, 0)
        if ((units[descriptor] ?? 0) >= 10) return { outcome: 'limited', limitedBy: 'integration' }
        if (total >= 25) return { outcome: 'limited', limitedBy: 'organization' }
        units[descriptor] = (units[descriptor] ?? 0) + 1
        return { outcome: 'accepted' }
      },
    )
    expect(units).toEqual({ A: 10, B: 10, C: 5 })
    expect([...new Set(sent.map(({ descriptor }) => descriptor))]).toEqual(['A', 'B', 'C'])
  })

  it('takes no refusal by a limit of a filler’s own for a recovery, and probes on until there is one', () => {
    const left = { B: 20, C: 20 }
    const { sent } = run(
      watchOf([{ ...gauge('organization', ['B', 'C'], 20), fillersLimited: true }]),
      (descriptor, nowMs) => {
        // What the organization refuses is charged to the integration too, so that probes use that up.
        if (nowMs >= 200 && nowMs < 1_000) return { outcome: 'limited', limitedBy: 'integration' }
        const used = nowMs < 200 ? 40 - left.B - left.C : 0
        if (used >= 20) return { outcome: 'limited', limitedBy: 'organization' }
        left[descriptor as 'B' | 'C']--
        return { outcome: 'accepted' }
      },
    )
    const probes = sent.filter(({ nowMs }) => nowMs >= 200 && nowMs < 1_000)
    expect(probes.length).toBeGreaterThan(70)
    expect(new Set(probes.map(({ descriptor }) => descriptor))).toEqual(new Set(['B', 'C']))
    expect(
      sent.filter(({ nowMs, outcome }) => nowMs >= 1_000 && outcome === 'accepted').length,
    ).toBeGreaterThan(20)
  })

  it('fills, probes and fills again through all fillers in turn, where it is to spread them', () => {
    const fillers = ['A', 'B', 'C', 'D']
    let left = 20
    let resetMs = 0
    const { sent } = run(
      watchOf([{ ...gauge('organization', fillers, 20), fillersInTurn: true }]),
      (_, nowMs) => {
        if (nowMs - resetMs >= 1_000) {
          left = 20
          resetMs += 1_000
        }
        return { outcome: left-- > 0 ? 'accepted' : 'limited' }
      },
    )
    expect(sent.map(({ descriptor }) => descriptor)).toEqual(sent.map((_, k) => fillers[k % 4]))
    const accepted = sent.filter(({ outcome }) => outcome === 'accepted')
    expect(accepted.filter(({ nowMs }) => nowMs < 1_000)).toHaveLength(20)
    expect(accepted.filter(({ nowMs }) => nowMs >= 1_000 && nowMs < 2_000)).toHaveLength(20)
  })

  it('never passes its ceiling', () => {
    const { sent } = run(watchOf([gauge('key', ['K'], 90)], { maxRequests: 17 }), () => ({
      outcome: 'accepted',
    }))
    expect(sent).toHaveLength(17)
  })

  it('gives up a limit that it cannot reach', () => {
    const { sent } = run(watchOf([gauge('key', ['K'], 20)]), () => ({ outcome: 'accepted' }))
    expect(sent).toHaveLength(100)
  })

  it('ends at its deadline', () => {
    const { endedMs } = run(watchOf([gauge('key', ['K'], 20)]), () => ({ outcome: 'limited' }))
    expect(endedMs).toBeLessThanOrEqual(2_201)
  })

  it('says what was due but not sent, because too many were unanswered', () => {
    const watch = watchOf([gauge('key', ['K'], 20)], { maxInFlight: 3 })
    expect(watch.due(10)).toHaveLength(3)
    expect(watch.takeDropped()).toEqual([{ descriptor: 'K', count: 8 }])
    expect(watch.takeDropped()).toEqual([])
  })
})
