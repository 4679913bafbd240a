import { type History, Outcome } from '../../history/history.ts'
import { type Algorithm, type Limit, windowedAlgorithms } from '../../spec/index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Reason, Refuted } from '../refute/certificate.ts'

const names: Record<Algorithm, string> = {
  'fixed-window': 'a fixed window',
  'first-hit-window': 'a first-hit window',
  'sliding-log': 'a sliding log',
  'sliding-counter': 'a sliding counter',
  'token-bucket': 'a token bucket',
  gcra: 'GCRA',
}

/** An algorithm in words: `a fixed window`. */
export function algorithmWords(algorithm: Algorithm): string {
  return names[algorithm]
}

/** Several algorithms in words; all four windowed ones together are `any windowed limiter`. */
export function algorithmsWords(algorithms: readonly Algorithm[]): string {
  const distinct = [...new Set(algorithms)]
  if (
    distinct.length === windowedAlgorithms.length &&
    windowedAlgorithms.every((a) => distinct.includes(a))
  ) {
    return 'any windowed limiter'
  }
  return distinct.map(algorithmWords).join(' or ')
}

/** A window in words: `10 s`, `9.5 s`, `500 ms`. */
export function windowWords(windowUs: number): string {
  return windowUs < 1_000_000 ? `${trim(windowUs / 1000)} ms` : `${trim(windowUs / 1e6)} s`
}

/** An instant as the time since the history's start: `+1.234 s`. */
export function instantWords(us: number): string {
  return `${us < 0 ? '-' : '+'}${(Math.abs(us) / 1e6).toFixed(3)} s`
}

/** What is special about a hypothesis beside its algorithm, in words; empty for the plain one. */
export function ruleWords(hypothesis: Hypothesis): string {
  const rules: string[] = []
  if (hypothesis.refillTickUs !== undefined) {
    rules.push(`that is refilled every ${windowWords(hypothesis.refillTickUs)}`)
  }
  if (hypothesis.limitedRequests === 'counted') {
    rules.push('that counts refused requests')
  }
  if (hypothesis.chargedWhenRefused !== 'free') rules.push('that is charged when another limit refuses')
  return rules.length > 0 ? ` ${rules.join(' and ')}` : ''
}

/** What the instants of a proof's ranges are, in words: `if one starts from …`. */
export function startWords({ refillTickUs }: Hypothesis): string {
  return refillTickUs === undefined ? 'one starts' : 'a refill comes'
}

/**
 * One reason in words, for a person who has the history at hand. Lines are those of the file.
 * @param startUs the range of starts, or refills, for which the reason is given.
 */
export function reasonWords(
  history: History,
  limit: Limit,
  { windowUs, refillTickUs }: Pick<Hypothesis, 'windowUs' | 'refillTickUs'>,
  reason: Reason,
  startUs?: readonly [from: number, to: number],
): string {
  const line = (row: number) => `line ${history.line[row]}`
  const sent = (row: number) => instantWords(history.sentUs[row] as number)
  const window = windowWords(windowUs)
  switch (reason.kind) {
    case 'over-admission': {
      const [first, last] = span(history, reason.rows)
      const units = unitsOf(history, reason.rows)
      const room = reason.windows === 1 ? `${limit.limit}` : `${reason.windows} × ${limit.limit}`
      const where =
        reason.windows === 1 ? `one window of ${window}` : `${reason.windows} windows of ${window}`
      const since =
        reason.afterRefused === undefined
          ? ''
          : `, since after the refusal of ${line(reason.afterRefused)} the window before held no more`
      return `${units} were accepted surely within ${where}, which holds ${room}: from ${instantWords(first)} to ${instantWords(last)}${since}`
    }
    case 'over-refill': {
      const [first, last] = span(history, reason.rows)
      const [from, to] = startUs ?? [0, 0]
      const flowingUs =
        refillTickUs === undefined
          ? last - first
          : (Math.floor((last - from) / refillTickUs) - Math.floor((first - to) / refillTickUs)) *
            refillTickUs
      const flows = Math.floor((flowingUs * limit.limit) / windowUs)
      return `${unitsOf(history, reason.rows)} were accepted surely from ${instantWords(first)} to ${instantWords(last)}, in which ${limit.limit} were at hand at most and ${flows} came in`
    }
    case 'admitted-when-full': {
      const units = unitsOf(history, reason.rows)
      const cost = history.cost[reason.admitted] as number
      if (units === 0 && !reason.carriedUnits) {
        return `${line(reason.admitted)} (${sent(reason.admitted)}) was accepted although it costs ${cost}, more than ${limit.limit} at once`
      }
      const carried = reason.carriedUnits ? ` and at least ${reason.carriedUnits} carried over` : ''
      return `${line(reason.admitted)} (${sent(reason.admitted)}) was accepted although ${units} were surely counted before it${carried}`
    }
    case 'refusal-before-admission': {
      const where = reason.betweenRefills ? 'before another refill' : 'in the same window'
      return `${line(reason.refused)} (${sent(reason.refused)}) was refused, and ${line(reason.admitted)} (${sent(reason.admitted)}) accepted after it ${where}`
    }
    case 'unjustified-refusal': {
      const most = `although at most ${reason.unitsAtMost} can have been counted`
      const others = reason.alike?.map(line) ?? []
      if (others.length === 0) return `${line(reason.refused)} (${sent(reason.refused)}) was refused ${most}`
      const among = others.length > 3 ? `one of ${others.length} others` : others.join(' or ')
      return `${line(reason.refused)} (${sent(reason.refused)}) was refused, or before it ${among}: the first of them ${most}`
    }
    case 'no-order': {
      const met = (row: number) =>
        `${line(row)} (${sent(row)}) ${history.outcome[row] === Outcome.accepted ? 'accepted' : 'refused'}`
      return `in no order of what overlaps, and wherever a window starts, is ${reason.rows.map(met).join(', ')}`
    }
  }
}

function unitsOf(history: History, rows: readonly number[]): number {
  return rows.reduce((units, row) => units + (history.cost[row] as number), 0)
}

function span(history: History, rows: readonly number[]): [number, number] {
  return [
    Math.min(...rows.map((row) => history.sentUs[row] as number)),
    Math.max(...rows.map((row) => history.receivedUs[row] as number)),
  ]
}

/** All reasons of a proof with the window starts they cover, neighbours with the same reason as one. */
export function reasonsOf(refuted: Refuted): { startUs: [number, number] | undefined; reason: Reason }[] {
  const flat: { startUs: [number, number] | undefined; reason: Reason }[] = []
  const visit = (cases: readonly Case[]) => {
    for (const { startUs, reason, next } of cases) {
      if (reason) flat.push({ startUs: startUs && [...startUs], reason })
      if (next) visit(next)
    }
  }
  visit(refuted.cases)
  flat.sort((a, b) => (a.startUs?.[0] ?? 0) - (b.startUs?.[0] ?? 0))
  const merged: typeof flat = []
  for (const entry of flat) {
    const last = merged.at(-1)
    const touching = last?.startUs && entry.startUs && entry.startUs[0] <= last.startUs[1] + 1
    if (last && touching && sameReason(last.reason, entry.reason)) {
      const [from, to] = last.startUs as [number, number]
      last.startUs = [from, Math.max(to, (entry.startUs as [number, number])[1])]
    } else {
      merged.push(entry)
    }
  }
  return merged
}

/** Reasons are the same only where they name the same rows: those of one need not do for another's range. */
function sameReason(a: Reason, b: Reason): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The rows that a reason names. */
export function rowsOf(reason: Reason): number[] {
  switch (reason.kind) {
    case 'over-admission':
      return reason.afterRefused === undefined ? reason.rows : [reason.afterRefused, ...reason.rows]
    case 'admitted-when-full':
      return [...reason.rows, reason.admitted]
    case 'refusal-before-admission':
      return [reason.refused, reason.admitted]
    case 'unjustified-refusal':
      return [reason.refused, ...(reason.alike ?? [])]
    case 'over-refill':
    case 'no-order':
      return reason.rows
  }
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)))
}
