import type { Reason } from '../refute/certificate.ts'
import type { Told } from './told.ts'

/** What does not hold of a reason against a sliding log, in words; `undefined` where it stands. */
export function slidingLog(told: Told, reason: Reason): string | undefined {
  const w = told.windowUs
  switch (reason.kind) {
    case 'over-admission': {
      if (!told.makesSense(reason.rows, reason.windows)) return 'rows or windows that there are not'
      const from = Math.min(...reason.rows.map((row) => told.lo(told.index(row) ?? Number.NaN)))
      const units = told.adds(reason.rows, from, from + reason.windows * w - 1, true)
      return units > reason.windows * told.limit ? undefined : 'too little is surely within the span'
    }
    case 'admitted-when-full': {
      const i = told.index(reason.admitted)
      if (i === undefined || !told.letThrough(i)) return 'an admitted request was expected'
      const used = told.adds(reason.rows, told.hi(i) - w + 1, told.lo(i) - 1, false)
      return used + told.cost(i) > told.limit ? undefined : 'too little was surely logged before it'
    }
    case 'unjustified-refusal': {
      const first = told.firstOf([reason.refused, ...(reason.alike ?? [])])
      if (!first) return 'no refusal that proves anything'
      const logged = told.possibleWithout(first.members, first.lo - w + 1, first.hi)
      return logged + first.cost <= told.limit ? undefined : 'enough may have been logged'
    }
    default:
      return 'this reason does not hold for a sliding log'
  }
}
