import {
  firstHitStarts,
  type Limiter,
  requiredRefusals,
  type Settled,
  type User,
  usersInOrder,
} from './settle.ts'
import { settleWindow } from './settle-window.ts'

/** Meets the demands of a first-hit window, each window starting at its first user. */
export function settleFirstHitWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const users = usersInOrder(limiter, atUs)
  const starts = firstHitStarts(users, windowUs)
  let before: User[] = []
  for (const [k, startUs] of starts.entries()) {
    const endUs = startUs + windowUs
    const inside = users.filter((user) => user.atUs >= startUs && user.atUs < endUs)
    const late = refusalAfterEnd(limiter, endUs, starts[k + 1] ?? Number.POSITIVE_INFINITY)
    // The window must still be open when it refuses: start it later.
    if (late !== undefined) return startLater(inside, late - windowUs + 1, atUs)
    const settled = settleWindow(limiter, atUs, startUs, endUs, inside, before)
    if (settled !== 'unchanged') return settled
    before = inside
  }
  return 'unchanged'
}

/** The lower bound of the latest refusal that falls between a window's end and the next start. */
function refusalAfterEnd(limiter: Limiter, endUs: number, nextStartUs: number): number | undefined {
  const { loUs, hiUs } = limiter.evidence
  let latest: number | undefined
  for (const i of requiredRefusals(limiter)) {
    const lo = loUs[i] as number
    if (lo >= endUs && (hiUs[i] as number) < nextStartUs) latest = Math.max(latest ?? lo, lo)
  }
  return latest
}

function startLater(inside: readonly User[], fromUs: number, atUs: Float64Array): Settled {
  for (const user of inside) {
    if (user.atUs >= fromUs) continue
    if (user.hiUs < fromUs) return 'impossible'
    atUs[user.row] = fromUs
  }
  return 'changed'
}
