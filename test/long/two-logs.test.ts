import { expect, it } from 'vitest'
import { historyLines, specOf, type Traffic } from '../../bench/checker/history.ts'
import { judge } from '../../lib/check/index.ts'
import { readHistoryBytes } from '../../lib/history/index.ts'

const traffic: Traffic = {
  limiter: 'sliding-log',
  scopes: 'integration+organization',
  records: 100_000,
  inFlight: 50,
  seed: 1,
}

it.each([1, 2])(
  'two sliding logs that share requests pass, with many under way at a time (seed %i)',
  { timeout: 300_000 },
  (seed) => {
    const lines = [...historyLines({ ...traffic, seed })].join('')
    const read = readHistoryBytes(new TextEncoder().encode(lines))
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    const { limits } = judge(read.history, specOf({ ...traffic, seed }))
    expect(limits.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  },
)
