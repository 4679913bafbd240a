import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'

/** The window that a spec names. */
export const windowUs = 1_000_000

/** Bursts a few windows apart, each beyond the limit, and probes until it lets requests through again. */
export function answersOf(algorithm: Algorithm, truth: { limit: number; windowUs: number }, seed: number) {
  const random = seededRandom(seed)
  const model = createLimiter(algorithm, { ...truth, phaseUs: 0 })
  let state = model.init()
  const records: RecordInput[] = []
  let us = random() * windowUs
  const sendAfter = (waitUs: number) => {
    us += waitUs
    const sentUs = Math.round(us)
    const admitted = model.admits(state, sentUs, 1)
    if (admitted) state = model.charge(state, sentUs, 1)
    const outcome = admitted ? Outcome.accepted : Outcome.limited
    records.push({ descriptor: 'A', sentUs, receivedUs: sentUs + 1, outcome })
  }
  for (let burst = 0; burst < 3; burst++) {
    for (let k = 0; k < truth.limit + 2; k++) sendAfter(1_000 + 1_000 * random())
    for (let probe = 0; probe < 24; probe++) sendAfter((0.05 + 0.01 * random()) * windowUs)
  }
  return historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
}
