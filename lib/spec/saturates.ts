import type { Algorithm } from './spec.ts'

/**
 * Is a refused request that is counted invisible in this algorithm's answers, where all requests
 * cost the same? In fixed and first-hit windows the count is over the limit anyway, so once is as good
 * as never. A cheaper request might have fitted.
 */
export function saturates(algorithm: Algorithm): boolean {
  return algorithm === 'fixed-window' || algorithm === 'first-hit-window'
}
