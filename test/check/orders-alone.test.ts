import { describe, expect, it } from 'vitest'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { witnessByOrders } from '../../lib/check/order/order-witness.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { heldAgainstBruteForce, ofOneScope, ofTwoScopes } from './two-limits.ts'

describe.each(algorithms)('two limits that are each a %s', (algorithm) => {
  it.each([ofOneScope, ofTwoScopes])(
    'of $scopes have a witness among all orders where brute force finds one, and only there',
    (two) => {
      const seen = heldAgainstBruteForce(algorithm, 50, two, ({ file, assumed, rows }) => {
        const { history, limits, bounds } = file
        return witnessByOrders(history, limits, bounds, assumed, rows, createAllowance()).kind
      })
      expect(Math.min(seen.found, seen.impossible)).toBeGreaterThan(3)
    },
  )
})
