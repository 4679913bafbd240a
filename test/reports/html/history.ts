import { type History, historyFromRecords, Outcome, type RecordInput } from '../../../lib/history/index.ts'
import { judgedResult } from '../../../lib/run/index.ts'
import { type Spec, specSchema } from '../../../lib/spec/index.ts'
import type { ReportInput } from '../../../reports/html/index.ts'

/** A history of one descriptor, of outcomes by letter: `a` accepted, `l` limited, `u` unknown; 10 ms apart. */
export function historyOf(letters: string, descriptor = 'A'): History {
  const outcomes = { a: Outcome.accepted, l: Outcome.limited, u: Outcome.unknown } as const
  const records = [...letters].map(
    (letter, k): RecordInput => ({
      descriptor,
      sentUs: k * 10_000,
      receivedUs: k * 10_000 + 4_000,
      outcome: outcomes[letter as keyof typeof outcomes],
    }),
  )
  return historyFromRecords({ descriptors: { [descriptor]: { client: descriptor } } }, records)
}

/** What a report of that history is made of, judged under a limit of `limit` in one second. */
export function inputOf(history: History, limit: number, name = 'requests per client'): ReportInput {
  const spec: Pick<Spec, 'limits' | 'clockDriftPpm'> = specSchema.parse({
    limits: [{ name, scope: 'client', limit, window: '1s' }],
  })
  return { result: judgedResult(history, spec), history, spec, commands: [{ what: 'again', typed: 'onset' }] }
}
