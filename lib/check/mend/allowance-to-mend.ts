import { type Allowance, createAllowance } from '../order/allowance.ts'

/** Enough for a few thousand requests to be mended from almost anything, a few seconds' work … */
const atLeast = 30_000_000

/** … and for more of them about what it takes with a hundred under way at a time. */
const forEach = 3_000

/** How much work may be done on mending a history: by how many requests there are. */
export function allowanceToMend(requests: number): Allowance {
  return createAllowance(Math.max(atLeast, forEach * requests))
}
