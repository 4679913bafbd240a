import { describe, expect, it } from 'vitest'
import { Demand } from '../../lib/check/evidence/evidence.ts'
import { judge } from '../../lib/check/index.ts'
import { BusyTimes } from '../../lib/check/settle/busy-times.ts'
import { type Limiter, usersInOrder } from '../../lib/check/settle/settle.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { seeded } from '../simulation/simulate.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** Requests that come a little faster than a bucket fills, as they were answered by one. */
function answered(count: number, gapMs: number, limit: number, windowMs: number, seed: number) {
  const random = seeded(seed)
  const model = createLimiter('gcra', { limit, windowUs: windowMs * 1000 })
  let sentUs = 0
  const sent = Array.from({ length: count }, () => {
    sentUs += Math.floor(-Math.log(1 - random()) * gapMs * 1000)
    const tookUs = Math.floor(5_000 + random() * 40_000)
    return { sentUs, receivedUs: sentUs + tookUs, atUs: sentUs + Math.floor(random() * tookUs) }
  })
  let state = model.init()
  const records = sent
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ sentUs, receivedUs, atUs }) => {
      const admitted = model.admits(state, atUs, 1)
      if (admitted) state = model.charge(state, atUs, 1)
      return { descriptor: 'A', sentUs, receivedUs, outcome: admitted ? Outcome.accepted : Outcome.limited }
    })
  return historyFromRecords({ descriptors: { A: { key: 'A' } }, clockSlackMs: 1 }, records)
}

describe('a bucket that has been in use for thousands of requests when it first refuses', () => {
  it.each([
    [12_000, 300, 900, 300_000, 4],
    [16_000, 300, 900, 300_000, 4],
    [12_000, 30, 900, 30_000, 5],
    [12_000, 30, 900, 30_000, 6],
    [12_000, 30, 900, 30_000, 7],
    [20_000, 3, 90, 300, 4],
  ])('is explained: %i requests, one in %i ms, by %i in %i ms', { timeout: 120_000 }, (...run) => {
    const [, , limit, windowMs] = run
    const history = answered(...run)
    expect(history.outcome.subarray(0, history.count)).toContain(Outcome.limited)
    const { limits } = specSchema.parse({
      limits: [{ name: 'a', scope: 'key', limit, window: `${windowMs}ms`, algorithm: 'gcra' }],
    })
    expect(judge(history, { limits, clockDriftPpm: 0 }).verdict).toBe('pass')
  })
})

describe('a busy time', () => {
  /** Of a bucket of 2 that gets a token in 5 µs. */
  const delayed = (seen: readonly Seen[], refused: Seen) => {
    const evidence = evidenceOf(seen)
    const of: Limiter = { evidence, hypothesis: limiter('gcra', 2, 10) }
    const atUs = Float64Array.from(evidence.loUs)
    const users = usersInOrder(of, atUs)
    expect(users.every(({ i }) => evidence.demand[i] === Demand.admit)).toBe(true)
    const us = new BusyTimes(of, users).delay(refused.lo, refused.hi ?? refused.lo, 1, atUs)
    return { us, atUs: [...atUs] }
  }

  it('begins as much later as a refusal needs, at its first user', () => {
    // Two tokens are gone at 0; the third comes at 5, and with a beginning at 3 not before 8.
    expect(
      delayed(
        [
          { lo: 0, hi: 9 },
          { lo: 0, hi: 9 },
        ],
        { lo: 7 },
      ),
    ).toEqual({ us: 7, atUs: [3, 3] })
  })

  it('cannot begin later where one who comes meanwhile cannot wait', () => {
    expect(
      delayed(
        [
          { lo: 0, hi: 9 },
          { lo: 1, hi: 2 },
          { lo: 6, hi: 9 },
        ],
        { lo: 12 },
      ),
    ).toEqual({
      us: undefined,
      atUs: [0, 1, 6],
    })
  })

  it('leaves a refusal where what is used meanwhile makes it need less', () => {
    const { us, atUs } = delayed(
      [
        { lo: 0, hi: 9 },
        { lo: 0, hi: 9 },
        { lo: 8, hi: 9 },
      ],
      { lo: 7, hi: 9 },
    )
    expect({ us, atUs }).toEqual({ us: 8, atUs: [0, 0, 8] })
  })

  it('cannot begin later where nobody at all can wait, or nobody has come', () => {
    expect(delayed([{ lo: 0 }, { lo: 0 }], { lo: 7 }).us).toBeUndefined()
    expect(delayed([{ lo: 20 }], { lo: 7 }).us).toBeUndefined()
  })
})
