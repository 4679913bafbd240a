import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstAnchor, now, origin, Zone } from '../../lib/check/order/zone.ts'

// A zone stands for a set of points, one instant after another: here for those on a small grid, which are
// kept one by one beside it.

const size = 4
const highest = 6
const anchors = [firstAnchor, firstAnchor + 1]
const instants = Array.from({ length: highest + 1 }, (_, us) => us)

/** How late each instant is, the origin first: that one is 0. */
type Point = readonly number[]

const everywhere: Point[] = instants.flatMap((a) =>
  instants.flatMap((b) => instants.map((c) => [0, a, b, c])),
)

const at = (point: Point, instant: number) => point[instant] as number

/** A zone of all those points. */
function whole(): Zone {
  const zone = new Zone(size)
  for (const instant of [now, ...anchors]) {
    zone.limit(instant, origin, highest)
    zone.limit(origin, instant, 0)
  }
  return zone
}

function pointsOf(zone: Zone): Point[] {
  return everywhere.filter((point) =>
    point.every((us, one) => point.every((other, after) => us - other <= zone.most(one, after))),
  )
}

/** How far one instant comes after another, at most and at least, over some points. */
function rangeOver(points: readonly Point[], one: number, after: number): [least: number, most: number] {
  const distances = points.map((point) => at(point, one) - at(point, after))
  return [Math.min(...distances), Math.max(...distances)]
}

const instant = fc.integer({ min: origin, max: size - 1 })
const anchor = fc.constantFrom(...anchors)
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constant('limit' as const), instant, instant, fc.integer({ min: -3, max: 4 })),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('delay' as const), fc.integer({ min: 0, max: highest })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('equate' as const), anchor) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('forget' as const), anchor) },
  ),
  { minLength: 1, maxLength: 9 },
)

it('a zone is what its bounds leave, whatever is limited, delayed, made the same or forgotten', () => {
  const seen = { empty: 0, left: 0 }
  fc.assert(
    fc.property(steps, (drawn) => {
      const zone = whole()
      let points = everywhere
      for (const step of drawn) {
        const before = zone.copy()
        if (step[0] === 'limit') {
          const [, one, after, toUs] = step
          if (one === after) continue
          const left = points.filter((point) => at(point, one) - at(point, after) <= toUs)
          expect(zone.limit(one, after, toUs)).toBe(left.length > 0)
          if (left.length === 0) {
            seen.empty++
            return
          }
          points = left
        } else if (step[0] === 'delay') {
          // As late as the bound, or as it was at least: a decision is no later than its deadline.
          const boundUs = Math.max(step[1], zone.most(now, origin))
          zone.delay(now, boundUs)
          const later = points.flatMap((point) =>
            instants.filter((us) => us >= at(point, now) && us <= boundUs).map((us) => point.with(now, us)),
          )
          points = unique(later)
        } else if (step[0] === 'equate') {
          zone.equate(step[1], now)
          points = unique(points.map((point) => point.with(step[1], at(point, now))))
        } else {
          zone.forget(step[1])
          expect(zone.most(step[1], origin)).toBe(Number.POSITIVE_INFINITY)
          expect(zone.least(step[1], now)).toBe(Number.NEGATIVE_INFINITY)
          // Back on the grid, where it can be counted.
          zone.limit(step[1], origin, highest)
          zone.limit(origin, step[1], 0)
          points = unique(points.flatMap((point) => instants.map((us) => point.with(step[1], us))))
        }
        expect(pointsOf(zone)).toEqual(points)
        // Every bound is as tight as the others make it.
        for (let one = 0; one < size; one++) {
          for (let after = 0; after < size; after++) {
            expect([zone.least(one, after), zone.most(one, after)].map((us) => us + 0)).toEqual(
              rangeOver(points, one, after).map((us) => us + 0),
            )
          }
        }
        const isWithin = pointsOf(before).length >= points.length && points.every((p) => isIn(before, p))
        expect(zone.isWithin(before)).toBe(isWithin)
        seen.left++
      }
    }),
    { numRuns: 150 },
  )
  expect(Math.min(seen.empty, seen.left)).toBeGreaterThan(20)
})

function isIn(zone: Zone, point: Point): boolean {
  return point.every((us, one) => point.every((other, after) => us - other <= zone.most(one, after)))
}

/** The same points, each once, in the order of the grid. */
function unique(points: readonly Point[]): Point[] {
  const names = new Set(points.map((point) => point.join()))
  return everywhere.filter((point) => names.has(point.join()))
}
