import type { HistoryEventLine } from '../history/event.ts'
import { Outcome } from '../history/history.ts'
import type { HistoryRecord } from '../history/record.ts'
import { type Load, requestCount } from '../plan/load.ts'
import type { Plan } from '../plan/plan.ts'
import { partOf, type RawLine } from './raw-line.ts'
import { requestErrorWords } from './request-error.ts'

/** How many requests of one descriptor were sent, and what they met. */
export interface Tally {
  sent: number
  accepted: number
  limited: number
  unknown: number
  inFlight: number
}

/** A request that was sent and not answered yet. */
interface Open {
  descriptor: string
  sentMs: number
}

/**
 * Keeps the books of a run: every request that was started is either answered or, at the end,
 * written as unknown, so that none can vanish.
 */
export interface Ledger {
  /** Books what a raw line says; returns the record that became complete by it. */
  book(line: RawLine): HistoryRecord | undefined
  /** By the descriptor's name; live. */
  readonly tallies: ReadonlyMap<string, Tally>
  /** Answers to requests that were never seen to be sent: lines that were lost. Zero, or a bug. */
  readonly strays: number
  /**
   * Closes the books.
   * @param atMs when the history ended, in Unix milliseconds.
   * @param complete whether the plan was carried out to its end: only then is what was planned and
   * not sent a dropped request.
   */
  close(atMs: number, complete: boolean): { records: HistoryRecord[]; dropped: HistoryEventLine[] }
}

/** What the error of a request says that was still unanswered when k6 ended. */
export const unansweredWords = 'no answer recorded'

/** Opens the books for a plan. */
export function createLedger(plan: Plan, outcomeOf: (status: number) => Outcome): Ledger {
  const tallies = new Map<string, Tally>(
    plan.descriptors.map(({ name }) => [name, { sent: 0, accepted: 0, limited: 0, unknown: 0, inFlight: 0 }]),
  )
  const open = new Map<string, Open>()
  /** By part and descriptor: what was sent, and what was said to be dropped. */
  const sentBy = new Map<string, number>()
  const droppedBy = new Map<string, number>()
  const droppedLive: HistoryEventLine[] = []
  let strays = 0

  const settle = (record: HistoryRecord): HistoryRecord => {
    const tally = tallies.get(record.descriptor) as Tally
    const outcome = outcomeOf(record.status)
    tally.inFlight--
    if (outcome === Outcome.accepted) tally.accepted++
    else if (outcome === Outcome.limited) tally.limited++
    else tally.unknown++
    return record
  }

  return {
    tallies,
    get strays() {
      return strays
    },
    book(line) {
      if (line.kind === 'sent') {
        const descriptor = plan.descriptors[line.descriptor]?.name
        if (descriptor === undefined) {
          strays++
          return undefined
        }
        open.set(line.id, { descriptor, sentMs: line.atMs })
        add(sentBy, line, 1)
        const tally = tallies.get(descriptor) as Tally
        tally.sent++
        tally.inFlight++
      } else if (line.kind === 'answered') {
        const request = open.get(line.id)
        if (!request) {
          strays++
          return undefined
        }
        open.delete(line.id)
        return settle({
          descriptor: request.descriptor,
          sent: request.sentMs,
          // A clock that was set back in between is an event of its own; a record stays a record.
          received: Math.max(line.atMs, request.sentMs),
          status: line.status,
          ...line.said,
          durationMs: line.durationMs,
          error: line.status === 0 ? requestErrorWords(line.errorCode) : undefined,
          request: line.id,
        })
      } else if (line.kind === 'dropped') {
        const descriptor = plan.descriptors[line.descriptor]?.name
        if (descriptor === undefined) {
          strays++
          return undefined
        }
        add(droppedBy, line, line.count)
        droppedLive.push({ event: 'dropped', descriptor, count: line.count, at: line.atMs })
      }
      return undefined
    },
    close(atMs, complete) {
      const records = [...open].map(([id, { descriptor, sentMs }]) =>
        settle({
          descriptor,
          sent: sentMs,
          received: Math.max(atMs, sentMs),
          status: 0,
          error: unansweredWords,
          request: id,
        }),
      )
      open.clear()
      if (!complete) return { records, dropped: droppedLive }
      const missing = [
        ...plan.fills.flatMap(({ descriptor, count }, index) =>
          missingOf(partOf.fill(index), descriptor, count),
        ),
        ...(plan.loads ?? []).flatMap((load, index) =>
          [...countsOf(load)].flatMap(([name, count]) => missingOf(partOf.load(index), name, count)),
        ),
      ]
      return { records, dropped: [...droppedLive, ...missing] }

      function missingOf(part: string, descriptor: string, planned: number): HistoryEventLine[] {
        const key = keyOf(
          part,
          plan.descriptors.findIndex(({ name }) => name === descriptor),
        )
        const count = planned - (sentBy.get(key) ?? 0) - (droppedBy.get(key) ?? 0)
        return count > 0 ? [{ event: 'dropped', descriptor, count, at: atMs }] : []
      }
    },
  }
}

function add(counts: Map<string, number>, line: { part: string; descriptor: number }, count: number): void {
  const key = keyOf(line.part, line.descriptor)
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function keyOf(part: string, descriptor: number): string {
  return `${part} ${descriptor}`
}

/** How many requests of a load are for each of its descriptors. */
function countsOf(load: Load): Map<string, number> {
  const counts = new Map<string, number>()
  const [total, of] = [requestCount(load), load.descriptors.length]
  for (const [turn, name] of load.descriptors.entries()) {
    const count = Math.max(0, Math.ceil((total - turn) / of))
    counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return counts
}
