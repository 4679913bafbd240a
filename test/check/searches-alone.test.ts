import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { witnessByPlaying } from '../../lib/check/forward/forward-witness.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { evenSharedStarts, openStartsToTry, sharedStarts } from '../../lib/check/settle/window-starts.ts'
import { findWitness, rowsToExplain } from '../../lib/check/settle/witness.ts'
import { type DrawnServer, drawServer } from './drawn-servers.ts'

// A judgement goes from one search to the next until one finds a witness, so that it does not show when one
// of them no longer finds what it should. Here each is asked alone, about limiters as they really were.

/** The servers that are drawn: always the same, since a search may miss a few. */
const seeds = Array.from({ length: 70 }, (_, k) => 1000 + k)

type Truth = (cell: Cell) => Hypothesis

function truthOf({ enforced }: DrawnServer): Truth {
  return ({ limitIndex }) => {
    const { algorithm, limit, windowMs, rounding, ...rules } = enforced[
      limitIndex
    ] as (typeof enforced)[number]
    const { limitedRequests, chargedWhenRefused } = rules
    const hypothesis = { algorithm, limit, windowUs: windowMs * 1000, limitedRequests, chargedWhenRefused }
    return algorithm === 'sliding-counter' ? { ...hypothesis, rounding } : hypothesis
  }
}

function isSettled(file: CaseFile, cells: readonly Cell[], truth: Truth): boolean {
  const assumed = cells.map((cell) => {
    const hypothesis = truth(cell)
    const evidence = file.evidence(cell, hypothesis)
    return { cell, hypothesis, evidence, startsUs: file.likelyStarts(cell, hypothesis) }
  })
  const { history, limits, bounds, refusers } = file
  const together = sharedStarts(file, assumed)
  return findWitness(history, limits, bounds, assumed, refusers, together) !== undefined
}

/** With so little patience that it has to change the right thing almost at once. */
const patience = { starts: 24, inVain: { starts: 2, rest: 10 }, attempts: 2, again: 0 }

function isPlayed(file: CaseFile, cells: readonly Cell[], truth: Truth): boolean {
  const assumed = cells.map((cell) => {
    const hypothesis = truth(cell)
    return { cell, hypothesis, startsUs: openStartsToTry(file, cell, hypothesis, patience.starts) }
  })
  const { history, limits, bounds, refusers } = file
  const rows = rowsToExplain(history, assumed, refusers)
  const together = evenSharedStarts(file, assumed, patience.starts)
  const work = createAllowance(5_000_000)
  const component = new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
  return witnessByPlaying(component, assumed, together, patience, work) !== undefined
}

/** The limiters that share requests, of all servers, for which a search finds no witness. */
function missedBy(search: typeof isSettled) {
  const missed: string[] = []
  let tried = 0
  for (const seed of seeds) {
    const server = drawServer(seed)
    const file = new CaseFile(server.historyOf(), server.spec.limits, server.spec.clockDriftPpm)
    for (const cells of file.components) {
      tried++
      const costs = new Set(cells.flatMap(({ rows }) => Array.from(rows, (row) => file.history.cost[row])))
      const words = cells.map(({ limit, scopeValue }) => `${limit.name} of ${scopeValue}`).join(', ')
      if (!search(file, cells, truthOf(server))) {
        missed.push(`seed ${seed}: ${words}${costs.size > 1 ? ', mixed costs' : ''}`)
      }
    }
  }
  return { missed, tried }
}

it('playing forward finds a witness for what a server answered, almost at once', () => {
  const { missed, tried } = missedBy(isPlayed)
  expect(tried).toBeGreaterThan(seeds.length)
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(1)
})

it('settling finds one for most of it, and nearly always where all requests cost the same', () => {
  const { missed, tried } = missedBy(isSettled)
  const alike = missed.filter((words) => !words.endsWith('mixed costs'))
  expect(alike.length, alike.join('\n')).toBeLessThanOrEqual(5)
  expect(missed.length / tried).toBeLessThan(1 / 3)
})
