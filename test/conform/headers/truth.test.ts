import { expect, test } from 'vitest'
import {
  type Claim,
  claims,
  type Measured,
  type Observed,
  truthFindings,
} from '../../../lib/conform/headers/index.ts'
import { modelledAlgorithms } from '../../../lib/limiters/index.ts'
import { seededRandom } from '../../../lib/simulate/index.ts'
import { answer, refusal } from './observed.ts'
import { draft08, row, type Simulation, simulate, startMs, type Words } from './simulated.ts'

function findingOf(claim: Claim, observed: readonly Observed[], measured: Measured = alone) {
  const found = truthFindings(observed, measured).find((each) => each.claim === claim)
  if (!found) throw new Error(`no finding of ${claim}`)
  return found
}

const alone: Measured = {
  limit: 20,
  windowMs: [9_900, 10_100],
  algorithms: ['first-hit-window'],
  foreignTraffic: 'none',
}

/** A limit of 20 in 10 s, filled, refused, waited for, and met again. */
const sequential: Simulation = {
  algorithm: 'first-hit-window',
  limit: 20,
  windowSeconds: 10,
  sentMs: [...row(0, 21, 100), 5_000, 8_000, 12_500, ...row(12_600, 5, 100)],
  seed: 1,
  latencyMs: 20,
}

test('all claims of an honest limiter are true where requests settle them', () => {
  const found = truthFindings(simulate(sequential), alone)
  expect(found.filter(({ verdict }) => verdict !== 'true')).toEqual([])
  expect(found.map(({ claim }) => claim)).toEqual(Object.keys(claims))
  for (const { label, level, lines } of found) {
    expect({ label, level }).toEqual({ label: 'measurement', level: 'observation' })
    expect(lines.length).toBeGreaterThan(0)
  }
})

const epoch = (seconds: number, nowMs: number) => Math.floor(nowMs / 1000) + seconds
const lies: [name: string, claim: Claim, (honest: Words, nowMs: number) => Words][] = [
  ['remaining never falls', 'remaining-falls', (words) => ({ ...words, remaining: 19 })],
  ['remaining falls by three', 'remaining-falls', (words) => ({ ...words, remaining: 3 * words.remaining })],
  [
    'remaining is too much by five',
    'last-says-zero',
    (words) => ({ ...words, remaining: words.remaining + 5 }),
  ],
  ['limit is another', 'limit', (words) => ({ ...words, limit: 30 })],
  ['window is another', 'window', (words) => ({ ...words, windowSeconds: 60 })],
  ['reset stands still', 'reset-counts-down', (words) => ({ ...words, resetSeconds: 8 })],
  [
    'reset runs twice as fast',
    'reset-counts-down',
    (words) => ({ ...words, resetSeconds: 2 * words.resetSeconds }),
  ],
  [
    'reset is an instant',
    'in-seconds',
    (words, now) => ({ ...words, resetSeconds: epoch(words.resetSeconds, now) }),
  ],
  ['Retry-After is in ms', 'in-seconds', (words) => ({ ...words, retryAfter: `${words.retryAfter}000` })],
  ['Retry-After is an instant', 'in-seconds', (words, now) => ({ ...words, retryAfter: `${epoch(5, now)}` })],
  ['Retry-After is too early', 'retry-after-suffices', (words) => ({ ...words, retryAfter: '1' })],
  ['Retry-After is too late', 'retry-after-needed', (words) => ({ ...words, retryAfter: '60' })],
]

test.each(lies)('that %s is found, with its lines', (_, claim, words) => {
  const found = findingOf(claim, simulate({ ...sequential, words }))
  expect(found.verdict, found.sentence).toBe('untrue')
  expect(found.lines.length).toBeGreaterThan(0)
})

test.each(['remaining-falls', 'last-says-zero', 'retry-after-suffices'] as const)(
  'where others may use the limit, %s is not called untrue for what they can have done',
  (claim) => {
    const lie = lies.find(([name, each]) => each === claim && !name.includes('never'))
    const observed = simulate({ ...sequential, words: lie?.[2] })
    const found = findingOf(claim, observed, { ...alone, foreignTraffic: 'possible' })
    expect(found).toMatchObject({ verdict: 'cannot-tell', settledBy: expect.any(String) })
  },
)

test('what others can have done hides no untruth that they cannot have done', () => {
  const words = (honest: Words) => ({
    ...honest,
    remaining: honest.remaining > 15 ? 3 * honest.remaining : 19,
  })
  const found = findingOf('remaining-falls', simulate({ ...sequential, words }), {
    ...alone,
    foreignTraffic: 'possible',
  })
  expect(found).toMatchObject({ verdict: 'untrue', sentence: expect.stringContaining('did not fall') })
})

test('without answers nothing can be told, and what would settle it is said', () => {
  for (const { verdict, settledBy } of truthFindings([], {})) {
    expect(verdict).toBe('cannot-tell')
    expect(settledBy).not.toBe('')
  }
})

const dialects: [string, (words: Words) => string[]][] = [
  [
    'draft-03',
    ({ limit, windowSeconds: w, remaining, resetSeconds }) => [
      `ratelimit-limit: ${limit}, ${limit};w=${w}`,
      `ratelimit-remaining: ${remaining}`,
      `ratelimit-reset: ${resetSeconds}`,
    ],
  ],
  [
    'draft-06',
    ({ limit, windowSeconds: w, remaining, resetSeconds }) => [
      `ratelimit-policy: ${limit};w=${w}`,
      `ratelimit-limit: ${limit}`,
      `ratelimit-remaining: ${remaining}`,
      `ratelimit-reset: ${resetSeconds}`,
    ],
  ],
  [
    'draft-07',
    ({ limit, windowSeconds: w, remaining, resetSeconds }) => [
      `ratelimit-policy: ${limit};w=${w}`,
      `ratelimit: limit=${limit}, remaining=${remaining}, reset=${resetSeconds}`,
    ],
  ],
  ['draft-08', draft08],
  [
    'x-ratelimit',
    ({ limit, remaining, resetSeconds }) => [
      `x-ratelimit-limit: ${limit}`,
      `x-ratelimit-remaining: ${remaining}`,
      `x-ratelimit-reset: ${resetSeconds}`,
    ],
  ],
]

test.each(dialects)('in %s truths are true and lies are found', (_, fields) => {
  for (const [name, claim, words] of lies) {
    if (/instant|window is/.test(name)) continue
    expect(findingOf(claim, simulate({ ...sequential, fields, words })).verdict, name).toBe('untrue')
    expect(findingOf(claim, simulate({ ...sequential, fields })).verdict, name).toBe('true')
  }
})

test('jitter that moves the reset both ways is not called a lie', () => {
  const random = seededRandom(5)
  const words = (honest: Words) => ({
    ...honest,
    resetSeconds: honest.resetSeconds + Math.floor(random() * 6),
  })
  const found = findingOf('reset-counts-down', simulate({ ...sequential, words, sentMs: row(0, 40, 200) }))
  expect(found).toMatchObject({ verdict: 'cannot-tell', sentence: expect.stringContaining('jitter') })
})

test("a vendor's reset that reads as an instant is no untruth, since no document says what it is", () => {
  const found = findingOf('in-seconds', [answer(0, ['x-ratelimit-reset: 1795521600'])])
  expect(found).toMatchObject({ verdict: 'cannot-tell', sentence: expect.stringContaining('no document') })
})

test('a refusal by another limiter contradicts no Retry-After', () => {
  const scopes = ['integration=A', 'organization=acme']
  const first = refusal(0, ['retry-after: 5'], { scopes, limitedBy: 'integration=A' })
  const second = refusal(20, [], { scopes })
  expect(findingOf('retry-after-suffices', [first, second])).toMatchObject({
    verdict: 'cannot-tell',
    sentence: expect.stringContaining('another limit may have refused it'),
  })
  const same = { ...second, limitedBy: 'integration=A' }
  expect(findingOf('retry-after-suffices', [first, same]).verdict).toBe('untrue')
  const other = { ...second, limitedBy: 'organization=acme' }
  expect(findingOf('retry-after-suffices', [first, other]).verdict).toBe('cannot-tell')
})

test('a statement without a name may be about either of two limits', () => {
  const fields = ['x-ratelimit-limit: 30', 'x-ratelimit-remaining: 20']
  const both = { scopes: ['integration=A', 'organization=acme'] }
  expect(findingOf('limit', [answer(0, fields, both)]).verdict).toBe('cannot-tell')
  expect(findingOf('limit', [answer(0, fields)]).verdict).toBe('untrue')
})

test('an honest limiter is never called untrue, in 1,000 runs of random times and ways', () => {
  let told = 0
  for (let seed = 1; seed <= 1_000; seed++) {
    const random = seededRandom(seed)
    const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
    const limit = whole(1, 30)
    const windowSeconds = whole(1, 20)
    const bursts = whole(1, 6)
    const sentMs: number[] = []
    for (let burst = 0, at = 0; burst < bursts; burst++) {
      const apartMs = whole(0, 3) * ((windowSeconds * 250) / limit)
      const burstMs = row(at, whole(1, 25), Math.floor(apartMs))
      sentMs.push(...burstMs)
      at = (burstMs.at(-1) ?? at) + whole(0, windowSeconds * 1500)
    }
    const simulation: Simulation = {
      algorithm: modelledAlgorithms[seed % modelledAlgorithms.length] ?? 'gcra',
      limit,
      windowSeconds,
      sentMs,
      seed,
      latencyMs: random() < 0.5 ? 5 : whole(1, 3_000),
      countsRefused: random() < 0.3,
    }
    const windowMs = [windowSeconds * 990, windowSeconds * 1010] as const
    const measured: Measured = {
      ...(random() < 0.5 && { limit, windowMs }),
      ...(random() < 0.5 && { algorithms: [simulation.algorithm] }),
      foreignTraffic: random() < 0.5 ? 'none' : 'possible',
    }
    const found = truthFindings(simulate(simulation), measured)
    const untrue = found.filter(({ verdict }) => verdict === 'untrue')
    expect(untrue, `seed ${seed}: ${JSON.stringify({ ...simulation, startMs, measured })}`).toEqual([])
    told += found.filter(({ verdict }) => verdict === 'true').length
  }
  // What is never untrue because nothing is ever told would be no use.
  expect(told).toBeGreaterThan(2_000)
})

test('two honest limits of which the tighter one is told are never called untrue', () => {
  let told = 0
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed)
    const both = ['integration=A', 'organization=acme']
    const sentMs = [...row(0, 30, 50), ...row(3_000 + random() * 4_000, 30, 150)]
    const [tight, wide] = [
      { limit: 10, windowMs: 4_000 + random() * 4_000, used: 0, fromMs: 0 },
      { limit: 25, windowMs: 9_000, used: 0, fromMs: 0 },
    ]
    const observed = sentMs.map((sent, index): Observed => {
      const atMs = sent + random() * 20
      for (const each of [tight, wide]) {
        if (atMs < each.fromMs + each.windowMs) continue
        each.fromMs = atMs
        each.used = 0
      }
      const refuser = tight.used >= tight.limit ? 0 : wide.used >= wide.limit ? 1 : undefined
      if (refuser === undefined) {
        tight.used++
        wide.used++
      }
      const remaining = Math.min(tight.limit - tight.used, wide.limit - wide.used)
      const told = refuser === 1 ? wide : tight
      const fields = [`x-ratelimit-limit: 10`, `x-ratelimit-remaining: ${remaining}`]
      if (refuser !== undefined) {
        fields.push(`retry-after: ${Math.ceil((told.fromMs + told.windowMs - atMs) / 1000)}`)
      }
      const times = { line: index + 2, sentMs: startMs + sent, receivedMs: startMs + atMs + random() * 20 }
      const seen = {
        ...times,
        scopes: both,
        ...(random() < 0.5 && refuser !== undefined && { limitedBy: both[refuser] }),
      }
      return refuser === undefined ? answer(0, fields, seen) : refusal(0, fields, seen)
    })
    const found = truthFindings(observed, { windowMs: [3_900, 8_100], foreignTraffic: 'none' })
    expect(
      found.filter(({ verdict }) => verdict === 'untrue'),
      `seed ${seed}`,
    ).toEqual([])
    told += found.filter(({ verdict }) => verdict === 'true').length
  }
  expect(told).toBeGreaterThan(200)
})
