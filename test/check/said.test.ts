import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { readHistoryBytes } from '../../lib/history/index.ts'
import type { LimitResult } from '../../lib/result/index.ts'
import { type Limit, parseSpec } from '../../lib/spec/index.ts'

/** What a person reads of one limit. */
interface Said
  extends Partial<Pick<LimitResult, 'explanation' | 'whatWouldSettleIt' | 'explainedBy' | 'foreignUse'>> {
  /** Whose the onset was, the least and the most accepted before it, and when it began and ended, in ms. */
  onsets?: (string | number)[][]
  /** Accepted, limited, unknown; onsets, recoveries. */
  tested?: number[]
  certificate?: LimitResult['certificate']
}

/** By stored history, for each of its limits. */
const said: Record<string, Said[]> = {
  '20-passes-after-two-onsets': [
    {
      explanation:
        'Refusals begin after exactly 20 in 2 s, as a fixed window or a first-hit window or a sliding log does; 19 and 21, and windows 5 % shorter or longer, are excluded.',
      onsets: [
        ['A', 20, 20, 220, 2104],
        ['A', 20, 20, 2224, 4106],
      ],
      tested: [41, 21, 0, 2, 2],
      explainedBy: [
        {
          algorithm: 'fixed-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'either',
          windowSeconds: [1.991407, 2.023046],
        },
        {
          algorithm: 'first-hit-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'either',
          windowSeconds: [1.982813, 2.00664],
        },
        {
          algorithm: 'sliding-log',
          limitedRequests: 'free',
          chargedWhenRefused: 'either',
          windowSeconds: [1.982813, 2.00664],
        },
      ],
    },
  ],
  'boundary-in-burst': [
    {
      explanation:
        'Refusals begin after exactly 5 in 1 s, as a fixed window does; 4 and 6, and windows 5 % shorter or longer, are excluded.',
      onsets: [
        ['A', 5, 5, 400, 1302],
        ['A', 5, 5, 1342, 2302],
      ],
      tested: [16, 17, 0, 2, 2],
      explainedBy: [
        {
          algorithm: 'fixed-window',
          phaseMs: [290.993, 306.19],
          limitedRequests: 'either',
          chargedWhenRefused: 'either',
          windowSeconds: [0.992384, 1.014647],
        },
      ],
    },
  ],
  'two-limits-named': [
    {
      explanation:
        'Refusals begin after exactly 4 in 1 s, as a fixed window or a first-hit window or a sliding log does; 3 and 5, and windows 5 % shorter or longer, are excluded.',
      onsets: [
        ['A', 4, 4, 32, 1004],
        ['A', 4, 4, 1036, 2008],
        ['A', 4, 4, 2040],
      ],
      tested: [18, 25, 0, 3, 2],
      explainedBy: [
        {
          algorithm: 'fixed-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'free',
          windowSeconds: [0.988478, 1.035156],
        },
        {
          algorithm: 'first-hit-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'free',
          windowSeconds: [0.972853, 1.007616],
        },
        {
          algorithm: 'sliding-log',
          limitedRequests: 'free',
          chargedWhenRefused: 'free',
          windowSeconds: [0.972853, 1.007616],
        },
      ],
    },
    {
      explanation:
        'Refusals begin after exactly 6 in 1 s, as a fixed window or a first-hit window or a sliding log does; 5 and 7, and windows 5 % shorter or longer, are excluded.',
      onsets: [
        ['B', 6, 6, 76, 1004],
        ['B', 6, 6, 1080, 2008],
        ['B', 6, 6, 2084],
      ],
      tested: [18, 25, 0, 3, 2],
      explainedBy: [
        {
          algorithm: 'fixed-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'free',
          windowSeconds: [0.99336, 1.025195],
        },
        {
          algorithm: 'first-hit-window',
          limitedRequests: 'either',
          chargedWhenRefused: 'free',
          windowSeconds: [0.982813, 1.007616],
        },
        {
          algorithm: 'sliding-log',
          limitedRequests: 'free',
          chargedWhenRefused: 'free',
          windowSeconds: [0.982813, 1.007616],
        },
      ],
    },
  ],
  'dropped-requests': [
    {
      explanation:
        'It would pass, but 2 requests of A were due but not sent, since too many were unanswered.',
      whatWouldSettleIt: 'Run again without that; a lower rate helps where requests were not sent.',
      onsets: [
        ['A', 20, 20, 220, 2104],
        ['A', 20, 20, 2224, 4106],
      ],
      tested: [41, 21, 0, 2, 2],
    },
  ],
  'foreign-traffic': [
    {
      explanation:
        'Others must have used it: line 5 was refused, and at least 2 units of theirs are needed to explain it.',
      whatWouldSettleIt: 'Run again while nobody else uses the same limit.',
      onsets: [['A', 3, 3, 300, 10100]],
      tested: [4, 3, 0, 1, 1],
      foreignUse: { unitsAtLeast: 2, record: 5 },
    },
  ],
  'never-reached': [
    {
      explanation:
        'Nothing was refused by this limit, so any limit from what was sent upwards explains the history as well.',
      whatWouldSettleIt: 'Send more than 5 within 10 s.',
      tested: [3, 0, 0, 0, 0],
    },
  ],
  'clock-step': [
    {
      explanation:
        'Nothing that the spec allows explains the history as it is stamped, but the clock was set meanwhile, and no proof does without instants from both sides of that.',
      whatWouldSettleIt: 'Run again on a machine whose clock is left alone meanwhile.',
      onsets: [
        ['A', 2, 2, 200, 4000],
        ['A', 4, 4, 4200],
      ],
      tested: [4, 4, 0, 2, 1],
    },
  ],
  'answered-with-500-not-counted-later': [
    {
      explanation:
        'Not 3 in 10 s. What was seen is consistent with 3 in 10 s as a fixed window or a sliding log, which the spec does not allow; consistent with 2 in 10 s, not with 3 in 10 s.',
      onsets: [['A', 2, 2, 10400]],
      tested: [4, 1, 1, 1, 0],
      certificate: {
        kind: 'unjustified-refusal',
        records: [7],
        why: 'Not a first-hit window: client A: line 7 (+10.400 s) was refused although at most 2 can have been counted.',
        descriptor: 'A',
      },
    },
  ],
  'refused-too-early': [
    {
      explanation:
        'Not 5 in 10 s. What was seen is consistent with 2 to 3 in 10 s, not with 5 in 10 s. If others used it, at least 2 of theirs would explain it.',
      onsets: [['A', 3, 3, 300, 10100]],
      tested: [4, 3, 0, 1, 1],
      foreignUse: { unitsAtLeast: 2, record: 5 },
      certificate: {
        kind: 'unjustified-refusal',
        records: [5],
        why: 'Not a fixed window, or a first-hit window, or a sliding log, or variants that count refused requests: client A: line 5 (+0.300 s) was refused although at most 3 can have been counted.',
        descriptor: 'A',
        steps: [
          {
            records: [5, 6],
            why: 'Not a sliding counter: client A: if one starts from -5.002 s to -0.002 s, line 5 (+0.300 s) was refused although at most 3 can have been counted; if one starts from -0.002 s to +4.998 s, line 6 (+5.000 s) was refused although at most 3 can have been counted.',
          },
          {
            records: [5, 6],
            why: 'Not a sliding counter that counts refused requests: client A: if one starts from -5.002 s to -0.002 s, line 5 (+0.300 s) was refused although at most 3 can have been counted; if one starts from -0.002 s to +4.998 s, line 6 (+5.000 s) was refused although at most 4 can have been counted.',
          },
        ],
      },
    },
  ],
  'bucket-refilled-by-one-too-many': [
    {
      onsets: [
        ['A', 9, 10, 60, 132],
        ['A', 16, 16, 372, 528],
        ['A', 22, 22, 768, 936],
        ['A', 9, 10, 2240, 2332],
        ['A', 16, 16, 2572, 2728],
        ['A', 22, 22, 2968, 3136],
      ],
      tested: [50, 140, 0, 6, 6],
      certificate: {
        kind: 'over-admission',
        records: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 19, 20, 21],
        why: 'Not a token bucket that is refilled every 200 ms, or a token bucket that is refilled every 200 ms and that counts refused requests: client A: 13 were accepted surely from +0.020 s to +0.161 s, in which 10 were at hand at most and 2 came in.',
        descriptor: 'A',
      },
    },
  ],
  'boundary-twice-in-one-window': [
    {
      explanation:
        'Not 3 in 10 s. What was seen is consistent with 3 in 360.8 ms to 8.706 s, not with 3 in 10 s.',
      onsets: [
        ['A', 3, 3, 300, 4000],
        ['A', 6, 6, 4300, 9000],
      ],
      tested: [7, 2, 0, 2, 2],
      certificate: {
        kind: 'over-admission',
        records: [2, 3, 4, 5, 6, 7, 8, 10],
        why: 'Not a fixed window: client A: if one starts from -5.002 s to -0.002 s, 4 were accepted surely within one window of 10 s, which holds 3: from +0.000 s to +4.005 s; if one starts from -0.002 s to +2.498 s, 4 were accepted surely within one window of 10 s, which holds 3: from +4.000 s to +9.005 s; if one starts from +2.498 s to +4.998 s, 4 were accepted surely within one window of 10 s, which holds 3: from +4.000 s to +9.005 s, since after the refusal of line 5 the window before held no more.',
        descriptor: 'A',
      },
    },
  ],
  'nested-intervals-across-two-windows': [
    {
      explanation:
        'Not 2 in 1 s. What was seen is consistent with 3 in 1 s; consistent with 2 in 0.5 ms to 975.5 ms, not with 2 in 1 s.',
      onsets: [['A', 2, 3, 500, 800]],
      tested: [6, 1, 0, 1, 1],
      certificate: {
        kind: 'over-admission',
        records: [2, 3, 4, 5, 6, 7, 8],
        why: 'Not a fixed window: client A: if one starts from -0.301 s to -0.049 s, 5 were accepted surely within 2 windows of 1 s, which holds 2 × 2: from +0.000 s to +1.350 s; if one starts from +0.499 s to +0.699 s, 3 were accepted surely within one window of 1 s, which holds 2: from +0.700 s to +1.350 s; if one starts from +0.951 s to +1.499 s, 3 were accepted surely within one window of 1 s, which holds 2: from +0.800 s to +1.950 s, since after the refusal of line 4 the window before held no more.',
        descriptor: 'A',
      },
    },
  ],
  'counter-looks-back-and-should-not': [
    {
      onsets: [
        ['A', 10, 10, 580, 1402],
        ['A', 5, 5, 1850, 1914],
        ['A', 10, 10, 2362, 2402],
        ['A', 10, 10, 2850, 2914],
      ],
      tested: [26, 39, 0, 4, 4],
      certificate: {
        kind: 'over-admission',
        records: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 17],
        why: 'Not a first-hit window, or a sliding log, or variants that count refused requests: client A: 11 were accepted surely within one window of 1 s, which holds 10: from +0.500 s to +1.404 s.',
        descriptor: 'A',
        steps: [
          {
            records: [15, 17, 22, 33],
            why: 'Not a fixed window: client A: if one starts from +0.499 s to +0.999 s, line 15 (+1.160 s) was refused, and line 17 (+1.402 s) accepted after it in the same window; if one starts from +0.999 s to +1.499 s, line 22 (+1.562 s) was refused, and line 33 (+1.914 s) accepted after it in the same window.',
          },
        ],
      },
    },
  ],
  'refusals-prolong-the-log-that-should-not': [
    {
      onsets: [
        ['A', 4, 4, 40, 3010],
        ['A', 4, 4, 3050, 4046],
      ],
      tested: [12, 13, 0, 2, 2],
      certificate: {
        kind: 'unjustified-refusal',
        records: [12],
        why: 'Not a first-hit window, or a sliding log: client A: line 12 (+1.200 s) was refused although at most 0 can have been counted.',
        descriptor: 'A',
        steps: [
          {
            records: [16],
            why: 'Not a fixed window: client A: line 16 (+2.000 s) was refused although at most 0 can have been counted.',
          },
          {
            records: [13, 15],
            why: 'Not a sliding counter: client A: if one starts from +0.498 s to +0.998 s, line 13 (+1.400 s) was refused although at most 3 can have been counted; if one starts from +0.998 s to +1.498 s, line 15 (+1.800 s) was refused although at most 3 can have been counted.',
          },
        ],
      },
    },
  ],
  'two-limits-only-together': [
    {
      explanation:
        'Together with "2 per team" this limit does not explain the history, but which of them is broken cannot be told.',
      whatWouldSettleIt: 'Verify one scope at a time, or let the responses say which limit refused.',
    },
    {
      explanation:
        'Together with "1 per client" this limit does not explain the history, but which of them is broken cannot be told.',
      whatWouldSettleIt: 'Verify one scope at a time, or let the responses say which limit refused.',
    },
  ],
}

/** What explains a limit that is not settled: a counter that may round either way once, by the way it rounds down. */
said['counter-looks-back'] = [
  { explainedBy: [{ algorithm: 'sliding-counter', limitedRequests: 'free', chargedWhenRefused: 'either' }] },
]

it.each(Object.entries(said))('%s: is told in these words and numbers', (name, limits) => {
  const path = join(import.meta.dirname, '..', 'histories', name)
  const spec = parseSpec(readFileSync(`${path}.yaml`, 'utf8'), { file: name, env: {} })
  const read = readHistoryBytes(readFileSync(`${path}.ndjson`), undefined, { file: name })
  if (!spec.ok || !read.ok) throw new Error(`${name} cannot be read`)
  const { startedAtMs } = read.history
  const judged = judge(read.history, spec.spec).limits.map(({ onsets, tested, ...limit }) => ({
    ...limit,
    onsets: onsets?.map(({ descriptor, acceptedBefore, firstLimitedAt, recoveredAt }) => [
      descriptor,
      ...acceptedBefore,
      firstLimitedAt - startedAtMs,
      ...(recoveredAt === undefined ? [] : [recoveredAt - startedAtMs]),
    ]),
    tested: tested && [tested.accepted, tested.limited, tested.unknown, tested.onsets, tested.recoveries],
  }))
  expect(judged).toMatchObject(limits)
  for (const [k, { name: called, scope, limit, window, algorithm }] of spec.spec.limits.entries()) {
    const about = { name: called, scope, limit, windowSeconds: window / 1000, algorithms: algorithm }
    expect(judged[k]).toMatchObject(about)
  }
})

it('tells for each choice of algorithms why several limits cannot all be kept', () => {
  const path = join(import.meta.dirname, '..', 'histories', 'two-limits-only-together')
  const spec = parseSpec(readFileSync(`${path}.yaml`, 'utf8'), { file: path, env: {} })
  const read = readHistoryBytes(readFileSync(`${path}.ndjson`), undefined, { file: path })
  if (!spec.ok || !read.ok) throw new Error('the history cannot be read')
  const limits = spec.spec.limits.map((limit): Limit => ({ ...limit, algorithm: ['sliding-log', 'gcra'] }))
  const why = (client: string) =>
    `With "1 per client" as ${client} and "2 per team" as a sliding log: in no order of what overlaps, and wherever a window starts, is line 5 (+1.000 s) refused.`
  expect(judge(read.history, { ...spec.spec, limits }).certificates).toEqual([
    {
      kind: 'several-limits',
      limits: ['1 per client', '2 per team'],
      records: [5],
      why: why('a sliding log'),
      steps: [{ records: [5], why: why('GCRA') }],
    },
  ])
})
