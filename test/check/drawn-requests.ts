import type { Drawing } from './drawing.ts'

/** A request that is to be sent. */
export interface Planned {
  descriptor: string
  cost: number
  atUs: number
}

/**
 * Draws some twenty requests for a limit: at once, evenly, up to a boundary and on from it, after idle times; costs
 * are mixed or not.
 */
export function drawRequests(
  draw: Drawing,
  descriptors: readonly string[],
  limit: number,
  windowUs: number,
): Planned[] {
  const { random, whole, chance, oneOf } = draw
  const highestCost = chance(0.4) ? 1 : whole(2, 4)
  const most = whole(4, chance(0.9) ? 24 : 40)
  const grainUs = oneOf([1, 1_000, 1_000, windowUs / 100])
  const planned: Planned[] = []
  let atUs = whole(0, windowUs)
  const bursts = [atUs]
  const send = (count: number, fromUs: number, lastsUs: number) => {
    const one = oneOf(descriptors)
    for (let k = 0; k < count; k++) {
      const us = Math.max(0, fromUs + (k * lastsUs) / count)
      planned.push({
        descriptor: chance(0.85) ? one : oneOf(descriptors),
        cost: whole(1, highestCost),
        atUs: Math.round(us / grainUs) * grainUs,
      })
    }
  }
  const styles = [
    function burst() {
      const lastsUs = oneOf([0, 0, windowUs / 50, windowUs / 5])
      bursts.push(atUs)
      send(whole(1, limit + 3), atUs, lastsUs)
      atUs += lastsUs
    },
    function aroundBoundary() {
      const ofClock = Math.ceil(atUs / windowUs) * windowUs
      const boundaryUs = chance(0.5) ? ofClock : Math.max(atUs, oneOf(bursts) + windowUs * whole(1, 3))
      const nearUs = oneOf([0, 1, 1_000, windowUs / 100])
      for (const us of [boundaryUs - nearUs, boundaryUs, boundaryUs + nearUs])
        send(whole(0, limit + 1), us, 0)
      atUs = boundaryUs + nearUs
    },
    function evenly() {
      const lastsUs = (whole(2, 8) * windowUs * (0.5 + random())) / limit
      send(whole(2, 8), atUs, lastsUs)
      atUs += lastsUs
    },
    function idle() {
      atUs += windowUs * oneOf([0.3, 0.9, 1, 1.1, 2, 2.5])
    },
  ]
  while (planned.length < most) oneOf(styles)()
  return planned.slice(0, most)
}
