import fc from 'fast-check'
import {
  eventLine,
  type History,
  type HistoryEventLine,
  type HistoryHeader,
  type HistoryRecord,
  headerLine,
  recordLine,
} from '../../lib/history/index.ts'

export const startedAtMs = Date.parse('2026-11-23T08:11:02.123Z')

export const header: HistoryHeader = {
  tool: 'k6 v2.2.0',
  startedAtMs,
  clockSlackMs: 1,
  descriptors: [
    { name: 'A', scopes: { integration: 'A', organization: 'acme' } },
    { name: 'K', scopes: { apiKey: 'K' } },
  ],
}

const timeUs = fc.integer({ min: -10_000_000, max: 3_600_000_000 })

/** A record whose times are whole microseconds, so that they survive a round trip. */
export const record: fc.Arbitrary<HistoryRecord> = fc
  .record(
    {
      descriptor: fc.constantFrom('A', 'K'),
      sentUs: timeUs,
      latencyUs: fc.nat({ max: 60_000_000 }),
      status: fc.oneof(fc.constantFrom(0, 200, 202, 429, 503), fc.integer({ min: 100, max: 999 })),
      cost: fc.nat({ max: 50 }),
      limitedBy: fc.constantFrom('integration', 'organization', 'apiKey', 'ünïcode "scope"\n'),
      retryAfter: fc.string(),
      headers: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
      looks: fc.oneof(
        fc.constantFrom('says nothing', 'says "no"', 'ünïcode'),
        fc.string({ minLength: 1, maxLength: 128 }),
      ),
      durationUs: fc.nat({ max: 60_000_000 }),
      error: fc.string({ unit: 'binary' }),
      request: fc.string(),
    },
    { requiredKeys: ['descriptor', 'sentUs', 'latencyUs', 'status'] },
  )
  .map(({ sentUs, latencyUs, durationUs, ...rest }) => ({
    ...rest,
    sent: startedAtMs + sentUs / 1000,
    received: startedAtMs + (sentUs + latencyUs) / 1000,
    ...(durationUs === undefined ? {} : { durationMs: durationUs / 1000 }),
  }))

export const event: fc.Arbitrary<HistoryEventLine> = fc.oneof(
  fc.record({
    event: fc.constant('dropped' as const),
    descriptor: fc.constantFrom('A', 'K'),
    count: fc.nat(),
    at: timeUs.map((us) => startedAtMs + us / 1000),
  }),
  fc.record({
    event: fc.constant('clock-step' as const),
    at: timeUs.map((us) => startedAtMs + us / 1000),
    byMs: fc.integer({ min: -5000, max: 5000 }),
  }),
)

/** The lines of a whole, good history: header, records and events in any order, end. */
export const goodLines: fc.Arbitrary<string[]> = fc
  .array(fc.oneof(record.map(recordLine), event.map(eventLine)), { maxLength: 30 })
  .map((lines) => [
    headerLine(header),
    ...lines,
    eventLine({ event: 'end', at: startedAtMs + 3_700_000, reason: 'finished' }),
  ])

/** The rows of a history as objects, names in the place of numbers. */
export function rowsOf(history: History) {
  return Array.from({ length: history.count }, (_, row) => ({
    descriptor: history.descriptors[history.descriptor[row] as number],
    sentUs: history.sentUs[row],
    receivedUs: history.receivedUs[row],
    outcome: history.outcome[row],
    status: history.status[row],
    cost: history.cost[row],
    limitedBy: history.scopeNames[history.limitedBy[row] as number],
    looks: history.lookNames[history.looks[row] as number],
    durationUs: history.durationUs[row],
    line: history.line[row],
  }))
}
