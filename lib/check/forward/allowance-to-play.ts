import { type Allowance, createAllowance } from '../order/allowance.ts'

/** Enough for a few thousand requests to be played through some hundred times, a few seconds' work … */
const atLeast = 60_000_000

/** … and for more of them to be played through a few times, since each is looked at while it is under way. */
const forEach = 1_500

/** How much work may be done on playing a history forward: by how many requests there are. */
export function allowanceToPlay(requests: number): Allowance {
  return createAllowance(Math.max(atLeast, forEach * requests))
}
