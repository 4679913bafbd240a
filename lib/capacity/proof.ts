import { type SearchBounds, type SearchMove, type SearchStep, settle, start } from './search.ts'

/**
 * The next step of whoever only wants to know whether one rate is taken: fires at it until that can be
 * claimed or refuted, or would take longer than a step may. Pure.
 */
export function nextProof(
  bounds: SearchBounds,
  steps: readonly SearchStep[],
  ratePerSecond: number,
): SearchMove {
  const [step] = steps
  if (!step) return start(bounds, steps, ratePerSecond)
  if (step.verdict !== 'cannot tell') return { kind: 'done', why: 'found' }
  if (step.byClient) return { kind: 'done', why: 'client' }
  if (step.firings >= bounds.mostFirings) return { kind: 'done', why: 'firings' }
  const move = settle(bounds, steps, ratePerSecond)
  if (!move) return { kind: 'done', why: 'unsettled' }
  return move.durationMs > bounds.budgetMs - step.firedMs ? { kind: 'done', why: 'time' } : move
}
