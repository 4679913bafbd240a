import { expect, it } from 'vitest'
import { historyLines, specOf, type Traffic } from '../../bench/checker/history.ts'
import { judge } from '../../lib/check/index.ts'
import { readHistoryBytes } from '../../lib/history/index.ts'

const scopes = 'integration+organization'
const long = { scopes, records: 100_000, inFlight: 50 } as const

it.each<Pick<Traffic, 'limiter' | 'seed'>>([
  { limiter: 'sliding-log', seed: 1 },
  { limiter: 'sliding-log', seed: 2 },
  { limiter: 'first-hit-window', seed: 2 },
  { limiter: 'first-hit-window', seed: 5 },
])(
  'two limits that share requests pass, each a $limiter, with many under way at a time (seed $seed)',
  { timeout: 300_000 },
  (one) => {
    const traffic = { ...long, ...one }
    const lines = [...historyLines(traffic)].join('')
    const read = readHistoryBytes(new TextEncoder().encode(lines))
    if (!read.ok) throw new Error(JSON.stringify(read))
    const { limits } = judge(read.history, specOf(traffic))
    expect(limits.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  },
)
