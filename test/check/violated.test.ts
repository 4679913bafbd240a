import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Violated } from '../../lib/check/mend/violated.ts'

const count = 5

/** What is done to one of them, from the beginning. */
const deeds = fc.array(
  fc.record({ of: fc.nat(count - 1), deed: fc.constantFrom('violate', 'mend', 'weigh') }),
  { maxLength: 25 },
)

describe('a set of what is violated', () => {
  it('knows which are, and what they weigh together, as a plain set does', () => {
    fc.assert(
      fc.property(deeds, (done) => {
        const violated = new Violated(count)
        const set = new Set<number>()
        const weights = Array.from({ length: count }, () => 1)
        for (const { of, deed } of done) {
          // Only one that is violated can weigh more.
          if (deed === 'weigh' && !set.has(of)) continue
          if (deed === 'weigh') {
            violated.weigh(of)
            weights[of] = (weights[of] as number) + 1
          } else {
            violated.set(of, deed === 'violate')
            if (deed === 'violate') set.add(of)
            else set.delete(of)
          }
          const picked = [...set].map((_, k) => violated.pick((k + 0.5) / set.size))
          expect({
            size: violated.size,
            having: [...weights.keys()].filter((i) => violated.has(i)),
            picked: picked.sort(),
            weight: violated.weight,
          }).toEqual({
            size: set.size,
            having: [...set].sort(),
            picked: [...set].sort(),
            weight: [...set].reduce((sum, i) => sum + (weights[i] as number), 0),
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('has one for every number from 0 to 1, each for as many of them', () => {
    const violated = new Violated(4)
    for (const i of [3, 0, 2, 1]) violated.set(i, true)
    expect([0, 0.2, 0.25, 0.49, 0.5, 0.74, 0.75, 0.999].map((share) => violated.pick(share))).toEqual([
      3, 3, 0, 0, 2, 2, 1, 1,
    ])
  })

  it('remembers what weighed more when it is violated again', () => {
    const violated = new Violated(2)
    violated.set(0, true)
    violated.weigh(0)
    violated.weigh(0)
    violated.set(0, false)
    expect(violated.weight).toBe(0)
    violated.set(0, true)
    violated.set(1, true)
    expect(violated.weight).toBe(3 + 1)
  })
})
