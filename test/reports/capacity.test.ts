import { describe, expect, it } from 'vitest'
import type { CapacityDocument } from '../../lib/capacity/index.ts'
import { capacityPage } from '../../reports/capacity-page/index.ts'
import { renderCapacity } from '../../reports/terminal/index.ts'

const view = { width: 100, color: false }

function step(ratePerSecond: number, verdict: 'met' | 'missed' | 'cannot tell', seen: number) {
  return {
    ratePerSecond,
    verdict,
    leaning: verdict === 'missed' ? ('missed' as const) : ('met' as const),
    conditions: [
      {
        text: 'p95 < 100ms',
        verdict,
        share: { seen, least: seen / 2, most: Math.min(1, 2 * seen), allowed: 0.05 },
      },
    ],
    reasons: verdict === 'cannot tell' ? ['It was too short to tell <b>.'] : [],
    firedMs: 4_000,
    judged: 800,
    cut: 10,
    correlated: 3,
    latency: { p50Ms: 15, p90Ms: 40.2, p99Ms: 101.4, maxMs: 180 },
    failed: 0,
    limited: 0,
    dropped: 0,
    client: { lateness: { p50Ms: 0.4, p99Ms: 2.1, maxMs: 8 }, leftOut: 0.02, troubles: [] },
  }
}

const document: CapacityDocument = {
  format: 'onset-capacity',
  version: 1,
  objective: 'p95 < 100ms',
  answer: {
    metPerSecond: 400,
    missedPerSecond: 800,
    nearPerSecond: 612.3,
    confidence: 0.95,
    end: 'time',
    reasons: ['The time for firing is used up: allow more.'],
  },
  steps: [step(400, 'met', 0.01), step(800, 'missed', 0.4), step(566, 'cannot tell', 0.03)],
  firings: [],
  traffic: { descriptors: ['A'], arrivals: 'poisson', profile: 'steady' },
  spread: [],
  opinions: {
    ratePerSecond: 400,
    k6: { count: 800, p50Ms: 15, p90Ms: 40.2, p99Ms: 101.4 },
    autocannon: {
      kind: 'given',
      ratePerSecond: 400,
      sentPerSecond: 400,
      count: 1_600,
      limited: 0,
      errors: 0,
      p50Ms: 15.6,
      p90Ms: 41,
      p99Ms: 99,
      maxMs: 150,
    },
    tolerance: 0.25,
    agree: true,
    words: 'k6 and autocannon agree: they are 4 % apart at the median, where 25 % may be.',
  },
  run: {
    id: '20261126-010203-abcd',
    startedAt: '2026-11-26T01:02:03.000Z',
    endedAt: '2026-11-26T01:03:03.000Z',
    tools: { onset: '0.1.0', k6: '2.2.0' },
    target: { kind: 'embedded', urls: ['http://127.0.0.1:1'] },
    history: 'history.ndjson',
  },
  warnings: [],
}

describe('what a search for capacity found', () => {
  it('has the answer first, then every rate in order, both clients and the files', () => {
    const lines = renderCapacity(document, [{ what: 'result', path: 'runs/x/capacity.json' }], view).split(
      '\n',
    )
    expect(lines.slice(0, 3)).toEqual([
      'CAPACITY  p95 < 100ms holds up to 400/s, and is missed from 800/s on (95 % sure).',
      'By what was seen it is near 612/s; that is an estimate, and no claim.',
      '- The time for firing is used up: allow more.',
    ])
    const rows = lines.filter((line) => /^\d+\/s /.test(line)).map((line) => line.split(/ {2,}/))
    expect(rows).toEqual([
      ['400/s', 'met', '4 s', '800', '15.0', '40.2', '101', '1% of 5%', '0%', '2.1', '2%', '-'],
      ['566/s', 'cannot tell', '4 s', '800', '15.0', '40.2', '101', '3% of 5%', '0%', '2.1', '2%', '-'],
      ['800/s', 'missed', '4 s', '800', '15.0', '40.2', '101', '40% of 5%', '0%', '2.1', '2%', '-'],
    ])
    expect(lines).toContain('SECOND OPINION, MS, AT 400/s  COUNT   P50   P90   P99')
    expect(lines).toContain('  k6 and autocannon agree: they are 4 % apart at the median, where 25 % may be.')
    expect(lines).toContain('result  runs/x/capacity.json')
  })

  it.each([
    [
      { metPerSecond: 400 },
      'CANNOT TELL  p95 < 100ms holds up to 400/s (95 % sure); how far above, cannot be told.',
    ],
    [
      { missedPerSecond: 9 },
      'CANNOT TELL  p95 < 100ms is missed from 9/s on (95 % sure); up to where it holds, cannot be told.',
    ],
    [{}, 'CANNOT TELL  It cannot be told at which rate p95 < 100ms is first missed.'],
  ])('leaves open what is open: %o', (ends, words) => {
    const answer = { ...ends, confidence: 0.95, end: 'time' as const, reasons: [] }
    expect(renderCapacity({ ...document, answer }, [], view).split('\n')[0]).toBe(words)
  })

  it('answers for one rate', () => {
    const one = { ...document, atLeastPerSecond: 800 }
    const answer = { missedPerSecond: 800, confidence: 0.95, end: 'found' as const, reasons: [] }
    expect(renderCapacity({ ...one, answer }, [], view)).toMatch(
      /^MISSED {2}p95 < 100ms does not hold at 800\/s/,
    )
  })

  it('is a page that runs nothing, asks for nothing, and escapes what it shows', async () => {
    const page = await capacityPage(document)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/<script|https?:\/\/(?!127)/)
    expect(page).toContain('too short to tell &lt;b&gt;')
    // Latency, the condition and the client; three rates in each, three quantiles in the first.
    expect(page.match(/<svg /g)).toHaveLength(3)
    expect(page.match(/<circle /g)).toHaveLength(3 * 3 + 3 + 3)
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  })
})
