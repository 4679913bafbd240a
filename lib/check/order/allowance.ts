/**
 * How much work searches over orders may still do, all of those together that it is handed to. Work is
 * counted in answers of limiters that are looked at and instants that are moved, not in time, so that the
 * same history gets the same verdict on any machine.
 */
export interface Allowance {
  left: number
}

/** Something like one or two seconds of work, far more than all but a few histories take. */
const standard = 3_000_000

/** A new allowance. */
export function createAllowance(work = standard): Allowance {
  return { left: work }
}

/** So many orders may be looked at in zones: some seconds. */
const inZones = 2_500_000

/** How much work may be done on orders in zones, in all of a history. */
export function allowanceForZones(): Allowance {
  return createAllowance(inZones)
}
