import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { type Judgement, judge } from '../../lib/check/index.ts'
import { readHistoryBytes } from '../../lib/history/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'

const folder = join(import.meta.dirname, '..', 'histories')
const endingWith = (ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort()

/** What is expected of one stored history. */
interface Expected {
  /** For each limit: `pass` and what explains it, `fail` and the certificate's kind, or the reason. */
  limits: string[]
  /** The certificates against several limits together. Default: none. */
  together?: string[]
  /** Something that the judgement says in so many words. */
  says?: string | RegExp
}

const expected: Record<string, Expected> = {
  '20-passes-after-two-onsets': {
    limits: ['pass: fixed-window, first-hit-window, sliding-log'],
  },
  '21-fails-for-20-after-two-onsets': {
    limits: ['fail: over-admission'],
    says: 'consistent with 21 in 2 s, not with 20 in 2 s',
  },
  // A window may have begun between the first request and the second: no fault, and no proof of none.
  '21-passes-for-20-after-one-onset': {
    limits: ['inconclusive: rivals'],
    says: '21 in 2 s as a first-hit window',
  },
  // What got an answer was decided by then …
  'answered-with-500-not-counted-later': { limits: ['fail: unjustified-refusal'] },
  // … and what got none may be counted after its client gave up.
  'unanswered-counted-after-giving-up': { limits: ['inconclusive: rivals'] },
  // So may one that a proxy gave up on, though an answer came.
  'proxy-gave-up-counted-later': { limits: ['inconclusive: rivals'] },
  'boundary-in-burst': { limits: ['pass: fixed-window'] },
  'boundary-twice-in-one-window': { limits: ['fail: over-admission'] },
  'bucket-called-a-window': { limits: ['fail: over-admission'] },
  'bucket-refilled-at-intervals': {
    limits: ['pass: token-bucket'],
    says: /"phaseMs":\[12\d(\.\d+)?,13\d(\.\d+)?\],"refillSeconds":0.2/,
  },
  'bucket-refilled-by-one-too-many': {
    limits: ['fail: over-admission'],
    says: 'in which 10 were at hand at most and 2 came in',
  },
  'bucket-refills-while-used': { limits: ['pass: token-bucket, gcra'] },
  // Without the step it would be the next one.
  'clock-step': { limits: ['inconclusive: clock-step'] },
  // All of these come from limiters that keep what the spec says, seen by a clock that was set meanwhile.
  'clock-set-back-between-two-bursts': { limits: ['inconclusive: clock-step'] },
  'clock-set-forward-before-a-long-refusal': { limits: ['inconclusive: clock-step'] },
  'clock-set-forward-over-a-bucket-in-debt': { limits: ['inconclusive: clock-step'] },
  'clock-set-forward-within-a-first-hit-window': { limits: ['inconclusive: clock-step'] },
  'too-much-in-one-window': { limits: ['fail: over-admission'] },
  'cost-above-one': { limits: ['pass: first-hit-window, fixed-window'] },
  'counter-looks-back': { limits: ['inconclusive: window-not-known'], says: '"algorithm":"sliding-counter"' },
  'counter-looks-back-and-should-not': { limits: ['fail: over-admission'] },
  'dropped-requests': { limits: ['inconclusive: assumption'], says: 'It would pass' },
  'equal-stamps': { limits: ['pass: fixed-window'] },
  'foreign-traffic': { limits: ['inconclusive: foreign-traffic'], says: '"unitsAtLeast":2' },
  'refused-too-early': { limits: ['fail: unjustified-refusal'], says: '"unitsAtLeast":2' },
  'hits-before-the-first-request': { limits: ['inconclusive: unexplained'] },
  'nested-interval-decided-after-what-came-later': { limits: ['pass: fixed-window'] },
  'nested-intervals-across-two-windows': {
    limits: ['fail: over-admission'],
    says: '5 were accepted surely within 2 windows of 1 s',
  },
  'nested-intervals-no-order': { limits: ['fail: contradiction'], says: 'in no order of what overlaps' },
  'never-reached': { limits: ['inconclusive: never-reached'] },
  // The window starts between the refusal at 3.980 s and the acceptance at 4.000 s, and nowhere else.
  'refusal-before-acceptance-pins-the-boundary': {
    limits: ['pass: fixed-window'],
    says: /"phaseMs":\[39[789]\d(\.\d+)?,400\d/,
  },
  'refusals-prolong-the-log': { limits: ['inconclusive: rivals'], says: '"limitedRequests":"counted"' },
  'refusals-prolong-the-log-that-should-not': { limits: ['fail: unjustified-refusal'] },
  'two-limits-named': {
    limits: [
      'pass: fixed-window, first-hit-window, sliding-log',
      'pass: fixed-window, first-hit-window, sliding-log',
    ],
  },
  'two-limits-only-together': {
    limits: ['inconclusive: several-limits', 'inconclusive: several-limits'],
    together: ['several-limits: 1 per client, 2 per team'],
  },
  'two-limits-unnamed': { limits: ['inconclusive: window-not-known', 'inconclusive: window-not-known'] },
  'whole-second-clock': { limits: ['pass: first-hit-window'] },
  'whole-second-clock-taken-for-exact': { limits: ['fail: over-admission'] },
  'window-of-9-seconds': {
    limits: ['fail: over-admission'],
    says: /consistent with 5 in 8\.\d+ s to 9\.\d+ s, not with 5 in 10 s/,
  },
}

function judged(name: string): Judgement {
  const file = `${name}.yaml`
  const spec = parseSpec(readFileSync(join(folder, file), 'utf8'), { file, env: {} })
  if (!spec.ok) throw new Error(`${file} cannot be read`)
  const read = readHistoryBytes(readFileSync(join(folder, `${name}.ndjson`)), undefined, { file })
  if (!read.ok) throw new Error(`${name}.ndjson cannot be read`)
  expect(read.warnings).toEqual([])
  return judge(read.history, spec.spec)
}

function inShort({ limits, certificates }: Judgement) {
  return {
    limits: limits.map(({ verdict, reason, certificate, explainedBy = [] }) => {
      const algorithms = [...new Set(explainedBy.map(({ algorithm }) => algorithm))].join(', ')
      return `${verdict}: ${reason ?? certificate?.kind ?? algorithms}`
    }),
    together: certificates.map(({ kind, limits: which = [] }) => `${kind}: ${which.join(', ')}`),
  }
}

test('every stored history has a spec and an expectation, and neither is without one', () => {
  const histories = endingWith('.ndjson')
  expect(Object.keys(expected).sort()).toEqual(histories)
  expect(endingWith('.yaml')).toEqual(histories)
})

describe('a stored history is judged as it was made to be', () => {
  it.each(Object.keys(expected))('%s', (name) => {
    const { limits, together = [], says = '' } = expected[name] as Expected
    const judgement = judged(name)
    expect(inShort(judgement)).toEqual({ limits, together })
    expect(JSON.stringify(judgement)).toMatch(says)
    const proofs = judgement.assumptions.filter(({ name: assumption }) =>
      assumption.startsWith('every proof'),
    )
    expect(proofs).toMatchObject([{ held: true }])
  })
})
