import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'

/** What small random histories are drawn from. */
export interface SmallHistory {
  requests: number
  spanUs: number
  longestUs: number
  descriptors: Record<string, Record<string, string>>
  unknowns: boolean
}

/**
 * A handful of requests on a coarse grid, with nested and overlapping intervals. The outcomes are
 * drawn at random, or more often so that many histories are consistent: mostly accepted.
 */
export function smallHistory(random: () => number, shape: SmallHistory): History {
  const names = Object.keys(shape.descriptors)
  const pick = (n: number) => Math.floor(random() * n)
  const acceptedShare = 0.3 + 0.6 * random()
  const records = Array.from({ length: 3 + pick(shape.requests - 2) }, (): RecordInput => {
    const sentUs = pick(shape.spanUs)
    const u = random()
    const known = u < acceptedShare ? Outcome.accepted : Outcome.limited
    return {
      descriptor: names[pick(names.length)] as string,
      sentUs,
      receivedUs: sentUs + pick(shape.longestUs + 1),
      outcome: shape.unknowns && random() < 0.1 ? Outcome.unknown : known,
      status: 500,
    }
  })
  return historyFromRecords({ descriptors: shape.descriptors }, records)
}
