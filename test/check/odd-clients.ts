import { Outcome } from '../../lib/history/index.ts'
import type { Drawing } from './drawing.ts'
import { drawRequests, type Planned } from './drawn-requests.ts'

/** What a client got for a request. */
export interface Answer {
  outcome: Outcome
  receivedUs: number
}

/** Sends requests in batches, and waits for all answers of one before it sends the next. */
export type Client = Generator<readonly Planned[], void, readonly Answer[]>

/** Sends whatever was drawn, come what may, or a few of that, which all orders can be tried of. */
export function* heedless(
  draw: Drawing,
  callers: readonly string[],
  limit: number,
  windowUs: number,
): Client {
  const all = drawRequests(draw, callers, limit, windowUs)
  yield draw.chance(0.4) ? all.slice(0, draw.whole(4, 12)) : all
}

/** A client that goes on asking stops after so many requests. */
const mostRequests = 160

/**
 * Fills limits and watches them recover, two or three times: what it takes for a pass. Each caller sends some
 * more than is to fill it; then the first and the last of them are asked again at intervals until they are let
 * through, and from the second time on most often when a window is about to end.
 */
export function* persistent(
  draw: Drawing,
  callers: readonly string[],
  limit: number,
  windowUs: number,
): Client {
  const { whole, chance, oneOf } = draw
  const highestCost = chance(0.7) ? 1 : whole(2, 3)
  const cost = () => (chance(0.6) ? 1 : whole(1, highestCost))
  const apartUs = oneOf([0, 1, 1_000, windowUs / 500])
  const asked = oneOf([callers, callers.slice(0, 1), callers.slice(-1)])
  let atUs = whole(0, windowUs)
  let sent = 0
  for (let round = oneOf([2, 3, 3]); round > 0; round--) {
    const fullFromUs = atUs
    const refused = new Set<string>()
    for (const descriptor of callers) {
      const many = limit + whole(1, 3)
      const burst = Array.from({ length: many }, (_, k) => ({
        descriptor,
        cost: cost(),
        atUs: Math.round(atUs + k * apartUs),
      }))
      sent += many
      const answers = yield burst
      if (asked.includes(descriptor) && answers.some(({ outcome }) => outcome === Outcome.limited))
        refused.add(descriptor)
      atUs = latest(answers)
    }
    const giveUpUs = atUs + 2.2 * windowUs
    while (refused.size > 0 && atUs < giveUpUs && sent < mostRequests) {
      sent += refused.size
      const share = (atUs - fullFromUs) / windowUs
      const isAboutToEnd = share % 1 > 0.9 || share % 1 < 0.08
      atUs += Math.round(windowUs / (isAboutToEnd ? 80 : 12))
      for (const descriptor of refused) {
        const answers = yield [{ descriptor, cost: 1, atUs }]
        if (answers[0]?.outcome === Outcome.accepted) refused.delete(descriptor)
        atUs = latest(answers)
      }
    }
  }
}

function latest(answers: readonly Answer[]): number {
  return Math.max(...answers.map(({ receivedUs }) => receivedUs))
}
