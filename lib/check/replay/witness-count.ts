import type { Scopes } from '../../history/history.ts'
import { Outcome } from '../../history/history.ts'
import { createHierarchy, createLimiter } from '../../limiters/index.ts'
import type { CaseFile } from '../evidence/case-file.ts'
import type { Cell } from '../evidence/cell.ts'
import { Use } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Witness } from './replay.ts'

/** What a witness says about one request and one limiter. */
export interface WitnessCount {
  atUs: number
  /** Units that weighed on the limiter when the request came; for a bucket, what it lacked. */
  counted: number
}

/** One request that was counted. */
interface Charge {
  us: number
  cost: number
}

/**
 * Plays a witness through the plain limiter models up to one row, and tells what one limiter had
 * counted by then. `undefined` where the witness does not decide the row, or not by this limit, or where
 * it leaves out what the limit has counted: what a broken limit may have refused is in no witness.
 */
export function witnessCount(
  file: CaseFile,
  witness: Witness,
  cell: Cell,
  row: number,
): WitnessCount | undefined {
  const { history, limits } = file
  const atUs = witness.atUs[row] as number
  const hypothesis = witness.hypotheses.get(cell.limitIndex)
  if (Number.isNaN(atUs) || !hypothesis) return undefined
  const { rows, use } = file.evidence(cell, hypothesis)
  if (rows.some((other, i) => use[i] === Use.surely && Number.isNaN(witness.atUs[other] as number)))
    return undefined
  const charges: Charge[] = []
  const startUs = witness.startUs(cell.limitIndex, cell.scopeValue)
  const hierarchy = createHierarchy(
    limits.flatMap((limit, index) => {
      const assumed = witness.hypotheses.get(index)
      if (!assumed) return []
      const { limitedRequests, chargedWhenRefused } = assumed
      const model = (scopeValue: string) => {
        const own = createLimiter(assumed.algorithm, {
          limit: assumed.limit,
          windowUs: assumed.windowUs,
          phaseUs: witness.startUs(index, scopeValue) ?? 0,
          rounding: assumed.rounding,
          refillTickUs: assumed.refillTickUs,
        })
        if (index !== cell.limitIndex || scopeValue !== cell.scopeValue) return own
        return {
          ...own,
          charge(state: unknown, us: number, cost: number) {
            charges.push({ us, cost })
            return own.charge(state, us, cost)
          },
        }
      }
      return [{ name: limit.name, scope: limit.scope, limitedRequests, chargedWhenRefused, model }]
    }),
  )
  for (const before of orderOf(file, witness)) {
    if (before === row) return { atUs, counted: weightAt(hypothesis, charges, atUs, startUs ?? 0) }
    const descriptor = history.descriptors[history.descriptor[before] as number]
    const scopes = descriptor?.scopes as Scopes
    hierarchy.decide({ scopes, atUs: witness.atUs[before] as number, cost: history.cost[before] as number })
  }
  return undefined
}

/** The rows that a witness decides, in its order: at the same instant those let through come first. */
function orderOf({ history }: CaseFile, { atUs, order }: Witness): readonly number[] {
  if (order) return order
  const refused = (row: number) => Number(history.outcome[row] === Outcome.limited)
  return Array.from({ length: history.count }, (_, row) => row)
    .filter((row) => !Number.isNaN(atUs[row] as number))
    .sort((a, b) => (atUs[a] as number) - (atUs[b] as number) || refused(a) - refused(b) || a - b)
}

/** What weighs at an instant, of charges in time order: the left side of each algorithm's rule. */
function weightAt(
  { algorithm, limit, windowUs, rounding, refillTickUs }: Hypothesis,
  charges: readonly Charge[],
  atUs: number,
  startUs: number,
): number {
  const within = (fromUs: number, beforeUs: number) =>
    charges.reduce((units, { us, cost }) => (us >= fromUs && us < beforeUs ? units + cost : units), 0)
  const alignedUs = atUs - ((((atUs - startUs) % windowUs) + windowUs) % windowUs)
  switch (algorithm) {
    case 'fixed-window':
      return within(alignedUs, Number.POSITIVE_INFINITY)
    case 'first-hit-window': {
      let openedUs = Number.NEGATIVE_INFINITY
      for (const { us } of charges) if (us >= openedUs + windowUs) openedUs = us
      return atUs < openedUs + windowUs ? within(openedUs, Number.POSITIVE_INFINITY) : 0
    }
    case 'sliding-log':
      return within(atUs - windowUs + 1, Number.POSITIVE_INFINITY)
    case 'sliding-counter': {
      const left = (within(alignedUs - windowUs, alignedUs) * (windowUs - (atUs - alignedUs))) / windowUs
      return (
        within(alignedUs, Number.POSITIVE_INFINITY) +
        (rounding === 'ceil' ? Math.ceil(left) : Math.floor(left))
      )
    }
    case 'token-bucket':
    case 'gcra': {
      let lacking = 0
      let lastUs = Number.NEGATIVE_INFINITY
      const refillUs = (us: number) =>
        refillTickUs === undefined ? us : Math.floor((us - startUs) / refillTickUs) * refillTickUs
      for (const { us: chargedUs, cost } of [...charges, { us: atUs, cost: 0 }]) {
        const us = refillUs(chargedUs)
        lacking = Math.max(0, lacking - ((us - lastUs) * limit) / windowUs) + cost
        lastUs = us
      }
      return Math.round(lacking * 1000) / 1000
    }
  }
}
