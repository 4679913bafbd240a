import type { OutcomeRule } from '../spec/index.ts'
import { Outcome } from './history.ts'

/** The rule where neither a spec nor a header says another: 2xx is accepted, 429 is limited. */
export const defaultOutcomeRule: OutcomeRule = { accepted: '2xx', limited: '429' }

/**
 * Compiles a rule to a function from a status to what the request met. A single status (`429`)
 * goes before a class (`4xx`), whichever side names it; what neither side names is unknown, and so
 * is 0, which stands for no response.
 */
export function outcomeOf(rule: OutcomeRule): (status: number) => Outcome {
  const table = new Uint8Array(1000).fill(Outcome.unknown)
  const sides = [
    [rule.accepted, Outcome.accepted],
    [rule.limited, Outcome.limited],
  ] as const
  for (const [named, outcome] of sides) {
    for (const hundreds of statuses(named).filter(isClass)) {
      const from = Number(hundreds[0]) * 100
      table.fill(outcome, from, from + 100)
    }
  }
  for (const [named, outcome] of sides) {
    for (const status of statuses(named)) if (!isClass(status)) table[Number(status)] = outcome
  }
  return (status) => (table[status] ?? Outcome.unknown) as Outcome
}

/** Do two rules give every status the same outcome? */
export function sameOutcomeRule(one: OutcomeRule, other: OutcomeRule): boolean {
  const outcomeOfOne = outcomeOf(one)
  const outcomeOfOther = outcomeOf(other)
  for (let status = 0; status < 1000; status++) {
    if (outcomeOfOne(status) !== outcomeOfOther(status)) return false
  }
  return true
}

function statuses(named: OutcomeRule['accepted']): string[] {
  return (Array.isArray(named) ? named : [named]).map(String)
}

function isClass(status: string): boolean {
  return status.endsWith('xx')
}
