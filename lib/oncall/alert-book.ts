import { Outcome } from '../history/history.ts'
import type { HistoryRecord } from '../history/record.ts'

/** The alerts that were sent through one integration, by what they met: the ids of their requests. */
export interface SentAlerts {
  accepted: ReadonlySet<string>
  limited: ReadonlySet<string>
  unknown: ReadonlySet<string>
  /** When the first one was sent, in Unix milliseconds; `undefined` where none was. */
  firstMs: number | undefined
  /** When the last accepted one was sent; `undefined` where none was. */
  lastAcceptedMs: number | undefined
}

/** Keeps in mind which alerts of a run met what. */
export interface AlertBook {
  /** Takes the record of a request; one without an id is passed over. */
  note(record: HistoryRecord): void
  /** What was sent for a descriptor so far. */
  of(descriptor: string): SentAlerts
}

/** Opens a book. */
export function createAlertBook(outcomeOf: (status: number) => Outcome): AlertBook {
  const pages = new Map<string, ReturnType<typeof emptyPage>>()
  return {
    note({ descriptor, request, status, sent }) {
      if (request === undefined) return
      const page = pages.get(descriptor) ?? emptyPage()
      pages.set(descriptor, page)
      page.firstMs = Math.min(sent, page.firstMs ?? sent)
      switch (outcomeOf(status)) {
        case Outcome.accepted:
          page.accepted.add(request)
          page.lastAcceptedMs = Math.max(sent, page.lastAcceptedMs ?? sent)
          break
        case Outcome.limited:
          page.limited.add(request)
          break
        case Outcome.unknown:
          page.unknown.add(request)
      }
    },
    of: (descriptor) => pages.get(descriptor) ?? emptyPage(),
  }
}

function emptyPage() {
  return {
    accepted: new Set<string>(),
    limited: new Set<string>(),
    unknown: new Set<string>(),
    firstMs: undefined as number | undefined,
    lastAcceptedMs: undefined as number | undefined,
  }
}
