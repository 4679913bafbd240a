import { type Limiter, type Settled, type User, usersInOrder } from './settle.ts'
import { settleWindow } from './settle-window.ts'

/** Meets the demands of a fixed window that starts at `limiter.startUs` and every window from there. */
export function settleFixedWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const startUs = limiter.startUs as number
  const users = usersInOrder(limiter, atUs)
  const windowOf = (us: number) => Math.floor((us - startUs) / windowUs)
  const byWindow = new Map<number, User[]>()
  for (const user of users) {
    const k = windowOf(user.atUs)
    const inside = byWindow.get(k)
    if (inside) inside.push(user)
    else byWindow.set(k, [user])
  }
  const { loUs, hiUs } = limiter.evidence
  const first = windowOf(loUs[0] ?? 0)
  const last = windowOf(hiUs.reduce((max, us) => Math.max(max, us), 0))
  for (let k = first; k <= last; k++) {
    const from = startUs + k * windowUs
    const inside = byWindow.get(k) ?? []
    const settled = settleWindow(limiter, atUs, from, from + windowUs, inside, byWindow.get(k - 1) ?? [])
    if (settled !== 'unchanged') return settled
  }
  return 'unchanged'
}
