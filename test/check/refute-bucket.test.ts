import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import type { Reason } from '../../lib/check/refute/certificate.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import {
  drawnEvidence,
  isOfSeveral,
  leftOpen,
  phasesOf,
  reasonsIn,
  refusedTogether,
} from './drawn-evidence.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/**
 * Whether anything speaks against a bucket, in parts of which a unit takes as many as its window has microseconds.
 * @param comeBy what has flowed in by an instant, from anywhere on.
 * @param spare so little is not decided about a bucket that held just enough for who was refused.
 */
function speaksAgainst(evidence: Evidence, h: Hypothesis, comeBy: (us: number) => number, spare: number) {
  const { limit, windowUs } = h
  const { loUs, hiUs, cost, demand, use, hiddenUseUntilUs } = evidence
  const lo = (i: number) => loUs[i] as number
  const hi = (i: number) => hiUs[i] as number
  const all = [...loUs.keys()]
  const parts = (some: number[]) => some.reduce((sum, i) => sum + (cost[i] as number) * windowUs, 0)
  const full = limit * windowUs
  const admitted = all.filter((i) => demand[i] === 1)
  const used = all.filter((i) => use[i] === 1)
  const possible = all.filter((i) => use[i] !== 0)
  const refused = all.filter((i) => demand[i] === 2)
  const letThrough = all.filter((i) => demand[i] === 1 || demand[i] === 3)

  const overRefill = admitted.some((b) =>
    admitted
      .filter((a) => lo(a) <= hi(b))
      .some((a) => {
        const between =
          parts(admitted.filter((i) => hi(i) <= hi(b))) - parts(admitted.filter((i) => lo(i) < lo(a)))
        return between - full > comeBy(hi(b)) - comeBy(lo(a))
      }),
  )
  const whenEmpty = letThrough.some(
    (b) =>
      parts([b]) > full ||
      used
        .filter((a) => lo(a) < lo(b))
        .some((a) => {
          const between = parts(used.filter((i) => hi(i) < lo(b))) - parts(used.filter((i) => lo(i) < lo(a)))
          return between + parts([b]) - full > comeBy(hi(b)) - comeBy(lo(a))
        }),
  )
  /** Whether there surely was room for the first of some that were refused, since when and by when that can have been. */
  const hadRoom = (some: number[], fromUs: number, byUs: number) => {
    if (fromUs < hiddenUseUntilUs) return false
    const begun = possible.filter((i) => lo(i) <= byUs && !some.includes(i))
    const over = possible.filter((i) => hi(i) < fromUs)
    const room = full - Math.max(...some.map((i) => parts([i])))
    return (
      parts(begun) - parts(over) <= room &&
      over.every((a) => {
        const since = parts(begun) - parts(possible.filter((i) => hi(i) < hi(a)))
        return since - (comeBy(fromUs) - comeBy(hi(a))) + spare <= room
      })
    )
  }
  const withRoom = refused.some((j) => hadRoom([j], lo(j), hi(j)))
  // Of those under way when one of them ended, the first: none of the others was counted before it.
  const firstWithRoom = refused
    .filter((j) => use[j] !== 0)
    .some((j) => {
      const some = refused.filter((i) => lo(i) <= hi(j) && hi(i) >= hi(j))
      return hadRoom(some, Math.min(...some.map(lo)), hi(j))
    })
  return { overRefill, whenEmpty, withRoom, firstWithRoom }
}

const numbers = [fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 12 })] as const

it('a bucket that is refilled all the time is refuted just where it held too little, or too much', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(fc.oneof(drawnEvidence, refusedTogether), ...numbers, (evidence, limit, windowUs) => {
      const h = limiter('gcra', limit, windowUs)
      const { overRefill, whenEmpty, ...room } = speaksAgainst(evidence, h, (us) => us * limit, 1)
      const kind = overRefill
        ? 'over-refill'
        : whenEmpty
          ? 'admitted-when-full'
          : room.withRoom || room.firstWithRoom
            ? 'unjustified-refusal'
            : undefined
      for (const algorithm of ['gcra', 'token-bucket'] as const) {
        const found = refuteByBounds(new EvidenceIndex(evidence), { ...h, algorithm }, true)
        expect(reasonsIn(evidence, found)[0]?.kind).toBe(kind)
      }
      if (kind === 'unjustified-refusal' && !room.withRoom)
        seen.set('together', (seen.get('together') ?? 0) + 1)
      seen.set(`${kind}`, (seen.get(`${kind}`) ?? 0) + 1)
    }),
    { numRuns: 600 },
  )
  expect(seen.size).toBe(5)
  expect(Math.min(...seen.values())).toBeGreaterThan(5)
})

it('an instant of refills is left open just where nothing speaks against them', () => {
  const seen = { open: 0, closed: 0, together: 0 }
  fc.assert(
    fc.property(
      fc.oneof(drawnEvidence, refusedTogether),
      ...numbers,
      fc.integer({ min: 1, max: 6 }),
      (evidence, limit, windowUs, tick) => {
        const h = { ...limiter('token-bucket', limit, windowUs), refillTickUs: Math.min(tick, windowUs) }
        const { loUs, hiUs, cost, demand } = evidence
        const all = [...loUs.keys()]
        const found = refuteByBounds(new EvidenceIndex(evidence), h, false)
        const left = leftOpen(found, h)
        const open = phasesOf(h).filter((phaseUs) => {
          const refill = (us: number | undefined) => Math.floor(((us as number) - phaseUs) / h.refillTickUs)
          const comeBy = (us: number) => refill(us) * h.refillTickUs * limit
          const betweenRefills = all.some(
            (j) =>
              demand[j] === 2 &&
              all.some(
                (i) =>
                  (demand[i] === 1 || demand[i] === 3) &&
                  (loUs[i] as number) > (hiUs[j] as number) &&
                  refill(hiUs[i]) <= refill(loUs[j]) &&
                  (cost[i] as number) >= (cost[j] as number),
              ),
          )
          const { overRefill, whenEmpty, withRoom, firstWithRoom } = speaksAgainst(evidence, h, comeBy, 0)
          return !overRefill && !whenEmpty && !betweenRefills && !withRoom && !firstWithRoom
        })
        expect(left).toEqual(open)
        if (reasonsIn(evidence, found).some(isOfSeveral)) seen.together++
        seen.open += left.length
        seen.closed += h.refillTickUs - left.length
      },
    ),
    { numRuns: 400 },
  )
  expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(50)
  expect(seen.together).toBeGreaterThan(5)
})

/** The reasons for which such a bucket cannot have given these answers. */
function reasonsAgainst(h: Hypothesis, seen: readonly Seen[]): Reason[] {
  const evidence = evidenceOf(seen)
  const found = refuteByBounds(new EvidenceIndex(evidence), h, true)
  return found.refuted ? found.cases.flatMap(({ reason }) => (reason ? [reason] : [])) : []
}

const kinds = (reasons: readonly Reason[]) => [...new Set(reasons.map(({ kind }) => kind))]

describe.each([
  { name: 'all the time', h: limiter('gcra', 2, 10) },
  { name: 'every 5 µs', h: { ...limiter('token-bucket', 2, 10), refillTickUs: 5 } },
])('a bucket of 2 in 10, refilled $name', ({ h }) => {
  it('is refuted by more let through in a span than it holds, and than comes in meanwhile', () => {
    const reason = { kind: 'over-refill', rows: [0, 1, 2, 3] }
    // Two at once, and two more five microseconds later are one too many.
    const seen = (us: number): Seen[] => [{ lo: 0 }, { lo: 0 }, { lo: us }, { lo: us }]
    for (const one of reasonsAgainst(h, seen(5))) expect(one).toEqual(reason)
    expect(reasonsAgainst(h, seen(5)).length).toBeGreaterThan(0)
    expect(reasonsAgainst(h, seen(10))).toEqual([])
  })

  it('is refuted by one let through while what was counted for sure had not come in again', () => {
    const seen = (us: number): Seen[] => [
      { lo: 0, cost: 2 },
      { lo: us, as: 'vacant', cost: 2 },
    ]
    const reasons = reasonsAgainst(h, seen(4))
    expect(reasons.length).toBeGreaterThan(0)
    for (const one of reasons) expect(one).toEqual({ kind: 'admitted-when-full', admitted: 1, rows: [0] })
    expect(reasonsAgainst(h, seen(10))).toEqual([])
    expect(reasonsAgainst(h, [{ lo: 0, cost: 3, as: 'vacant' }])).toEqual([
      { kind: 'admitted-when-full', admitted: 0, rows: [] },
    ])
  })

  it('is refuted by a refusal that found room, and told how much can have been lacking', () => {
    const seen = (us: number): Seen[] => [{ lo: 0 }, { lo: 0, cost: 1 }, { lo: us, as: 'refused' }]
    expect(reasonsAgainst(h, seen(4))).toEqual([])
    const reasons = reasonsAgainst(h, seen(16))
    expect(reasons.length).toBeGreaterThan(0)
    for (const one of reasons)
      expect(one).toEqual({ kind: 'unjustified-refusal', refused: 2, unitsAtMost: 0 })
    // One that can have come just before it is lacking, whatever came in.
    const beside: Seen[] = [{ lo: 0 }, { lo: 30, hi: 32 }, { lo: 31, as: 'refused' }]
    for (const one of reasonsAgainst(h, beside)) {
      expect(one).toEqual({ kind: 'unjustified-refusal', refused: 2, unitsAtMost: 1 })
    }
    expect(reasonsAgainst(h, beside).length).toBeGreaterThan(0)
  })
})

it('of a bucket that is refilled at intervals it is told in whole units how much can have been lacking', () => {
  // A refill brings two thirds of a unit: after two of three that are taken, five thirds can be lacking at most.
  const h = { ...limiter('token-bucket', 4, 60), refillTickUs: 10 }
  const seen: Seen[] = [
    { lo: 0, cost: 3 },
    { lo: 20, as: 'refused', cost: 2 },
  ]
  const most = reasonsAgainst(h, seen).map((one) =>
    one.kind === 'unjustified-refusal' ? one.unitsAtMost : -1,
  )
  expect(new Set(most)).toEqual(new Set([1]))
})

describe('what is closer than doubles tell apart is not decided', () => {
  it('a hundredth of a microsecond, of a bucket that is refilled all the time', () => {
    // A unit takes the three-hundredth part of a microsecond.
    const h = limiter('gcra', 3_000, 10)
    const full: Seen = { lo: 0, cost: 3_000 }
    expect(kinds(reasonsAgainst(h, [full, { lo: 0, cost: 2 }]))).toEqual([])
    expect(kinds(reasonsAgainst(h, [full, { lo: 0, cost: 4 }]))).toEqual(['over-refill'])
    const vacant = (cost: number): Seen[] => [full, { lo: 1, cost, as: 'vacant' }]
    expect(kinds(reasonsAgainst(h, vacant(302)))).toEqual([])
    expect(kinds(reasonsAgainst(h, vacant(304)))).toEqual(['admitted-when-full'])
    const refused = (cost: number): Seen[] => [full, { lo: 1, cost, as: 'refused' }]
    expect(kinds(reasonsAgainst(h, refused(298)))).toEqual([])
    expect(kinds(reasonsAgainst(h, refused(296)))).toEqual(['unjustified-refusal'])
  })

  describe.each([
    { from: 'the first instant of a history', atUs: 0 },
    { from: 'a late one', atUs: 2e15 },
  ])('the thousandth part of a unit, of one that is refilled at intervals, from $from', ({ atUs }) => {
    /** What speaks against a bucket that one emptied when it was full, and that another one met so many refills later. */
    const laterAnswer = (h: Hypothesis, refills: number, cost: number, as?: Seen['as']) =>
      kinds(
        reasonsAgainst(h, [
          { lo: atUs, cost: h.limit },
          { lo: atUs + refills * (h.refillTickUs as number), cost, as: as ?? 'accepted' },
        ]),
      )
    const small = { ...limiter('token-bucket', 3, 10_007), refillTickUs: 5 }

    it('but all where numbers are small', () => {
      // 2001 refills bring a little less than three units, 2002 a little more.
      expect(laterAnswer(small, 2_001, 3)).toEqual(['over-refill'])
      expect(laterAnswer(small, 2_001, 3, 'vacant')).toEqual(['admitted-when-full'])
      expect(laterAnswer(small, 2_001, 3, 'refused')).toEqual([])
      expect(laterAnswer(small, 2_002, 3)).toEqual([])
      expect(laterAnswer(small, 2_002, 3, 'refused')).toEqual(['unjustified-refusal'])
    })

    it('where they are large', () => {
      // A refill brings 342.94 units.
      const h = { ...limiter('token-bucket', 1_234_567, 3_600_000_001), refillTickUs: 1_000_000 }
      const parts = (refills: number) => {
        const flow = BigInt(refills) * BigInt(h.limit) * BigInt(h.refillTickUs)
        const units = flow / BigInt(h.windowUs)
        return { units: Number(units), rest: Number(flow - units * BigInt(h.windowUs)) / h.windowUs }
      }
      const all = Array.from({ length: 3_000 }, (_, k) => ({ refills: 500 + k, ...parts(500 + k) }))
      const having = (from: number, to: number) => {
        const [one] = all.filter(({ rest }) => rest > from && rest < to)
        if (!one) throw new Error('there is none')
        return one
      }
      const ofLittle = (from: number, to: number, as: Seen['as']) => {
        const { refills, units } = having(from, to)
        return laterAnswer(h, refills, as === 'refused' ? units : units + 1, as)
      }
      expect(ofLittle(0.9991, 1, 'accepted')).toEqual([])
      expect(ofLittle(0.9991, 1, 'vacant')).toEqual([])
      expect(ofLittle(0.99, 0.9989, 'accepted')).toEqual(['over-refill'])
      expect(ofLittle(0.99, 0.9989, 'vacant')).toEqual(['admitted-when-full'])
      expect(ofLittle(0, 0.0009, 'refused')).toEqual([])
      expect(ofLittle(0.0011, 0.01, 'refused')).toEqual(['unjustified-refusal'])
    })
  })
})
