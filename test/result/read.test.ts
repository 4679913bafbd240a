import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseResult, type Result, resultJsonSchema } from '../../lib/result/index.ts'

const result: Result = {
  format: 'onset-result',
  version: 1,
  verdict: 'fail',
  limits: [
    {
      name: 'alerts per integration',
      scope: 'integration',
      limit: 300,
      windowSeconds: 300,
      verdict: 'pass',
      onset: { descriptor: 'A', acceptedBefore: [300, 300], firstLimitedAt: 1795421503331 },
      explanation: '300 alerts were accepted, and the 301st was refused, twice.',
      explainedBy: [{ algorithm: 'fixed-window', phaseMs: [83000, 83040], limitedRequests: 'either' }],
      rivals: [{ algorithm: 'fixed-window', limit: 301, windowSeconds: 300, refuted: true, why: 'line 302' }],
    },
    {
      name: 'alerts per organization',
      scope: 'organization',
      limit: 500,
      windowSeconds: 300,
      verdict: 'fail',
      explanation: '501 alerts were accepted within one window.',
      certificate: {
        kind: 'over-admission',
        records: [812, 813],
        why: '501 accepted surely within one window of 300 s: …',
        steps: [{ records: [812], why: 'accepted at most 299.2 s before line 813' }],
      },
      seen: { words: 'a limit of at least 501', limits: [[501, null]], windowsSeconds: [[60, 299.9]] },
    },
    {
      name: 'API requests per API key',
      scope: 'apiKey',
      limit: 300,
      windowSeconds: 300,
      verdict: 'inconclusive',
      explanation: 'A limit of 301 would explain the history as well.',
      reason: 'rivals',
      whatWouldSettleIt: 'a second onset after the recovery',
    },
  ],
  assumptions: [{ name: 'no clock step during the run', held: true }],
  latency: [
    { descriptor: 'A', outcome: 'accepted', count: 300, p50: 3.1, p90: 4.4, p99: 9.8, p999: 12, max: 12.3 },
  ],
  run: { id: '2026-11-23-081102', startedAt: '2026-11-23T08:11:02.123Z', tools: { k6: 'v2.2.0' }, seed: 7 },
  coverage: { records: 812, accepted: 801, limited: 11, unknown: 0, dropped: 0 },
  warnings: [{ code: 'no-end', message: 'the history has no end' }],
}

describe('a result', () => {
  test('is read back as it was written', () => {
    expect(parseResult(JSON.stringify(result), 'result.json')).toEqual({ ok: true, result })
  })

  test('keeps to its published schema', () => {
    expect(z.fromJSONSchema(resultJsonSchema()).safeParse(result).error).toBeUndefined()
  })

  test('of a later minor version may have more fields, which are left out', () => {
    const later = { ...result, mood: 'good', limits: result.limits.map((limit) => ({ ...limit, colour: 1 })) }
    expect(parseResult(JSON.stringify(later), 'result.json')).toEqual({ ok: true, result })
    expect(z.fromJSONSchema(resultJsonSchema()).safeParse(later).success).toBe(true)
  })

  test.each([
    ['', '', 'something else'],
    ['{"format":"onset-result",', '', 'something else'],
    ['null', 'format', 'nothing'],
    ['{"format":"onset-history","version":1}', 'format', '"onset-history"'],
    ['{"format":"onset-result","version":2}', 'version', '2'],
    ['{"format":"onset-result","version":1,"limits":[],"verdict":"maybe"}', 'verdict', 'Invalid option'],
    [
      '{"format":"onset-result","version":1,"verdict":"pass","limits":[{"certificate":{"records":[1]}}]}',
      'limits.0.certificate.records.0',
      'Too small',
    ],
  ])('that is none gives mistakes: %s', (text, path, found) => {
    const parsed = parseResult(text, 'runs/1/result.json')
    const mistakes = parsed.ok ? [] : parsed.mistakes
    const told = mistakes.find((mistake) => mistake.path === path)
    expect(told?.file).toBe('runs/1/result.json')
    expect(told?.found).toContain(found)
  })

  test('never makes reading throw, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), (text, value) => {
        expect(parseResult(text, 'result.json').ok).toBe(false)
        parseResult(JSON.stringify({ ...result, limits: value, run: value }), 'result.json')
      }),
    )
  })
})
