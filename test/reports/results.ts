import type { LimitResult, Result } from '../../lib/result/index.ts'

/** 2026-11-23T08:11:02.000Z, when the runs below began. */
export const startedAtMs = 1_795_421_462_000

export const passing: LimitResult = {
  name: 'alerts per integration',
  scope: 'integration',
  limit: 300,
  windowSeconds: 300,
  verdict: 'pass',
  explanation: 'Refusals begin after exactly 300 in 5 min, as a fixed window does.',
  onset: {
    descriptor: 'A',
    acceptedBefore: [300, 300],
    firstLimitedAt: startedAtMs + 6_000,
    recoveredAt: startedAtMs + 289_400,
  },
  explainedBy: [
    {
      algorithm: 'fixed-window',
      phaseMs: [83_000, 83_040],
      limitedRequests: 'either',
      chargedWhenRefused: 'free',
    },
    {
      algorithm: 'fixed-window',
      phaseMs: [83_010, 83_050],
      limitedRequests: 'either',
      chargedWhenRefused: 'counted',
    },
  ],
}

export const failing: LimitResult = {
  name: 'alerts per organization',
  scope: 'organization',
  limit: 500,
  windowSeconds: 300,
  verdict: 'fail',
  explanation: 'Not 500 in 5 min: more were let through.',
  onset: { descriptor: 'B', acceptedBefore: [503, 506], firstLimitedAt: startedAtMs + 9_000 },
  certificate: {
    kind: 'over-admission',
    records: [812, 813, 814, 901],
    descriptor: 'B',
    why: '501 accepted surely within one window of 300 s: from +1.852 s to +9.426 s.',
    steps: [
      { records: [812], why: 'Not a fixed window: 501 were accepted surely within one window.' },
      { records: [813], why: 'Not a sliding log: 501 were accepted surely within one window.' },
    ],
  },
  seen: { words: 'consistent with 506 in 300 s' },
}

export const open: LimitResult = {
  name: 'API requests per API key',
  scope: 'apiKey',
  limit: 300,
  windowSeconds: 0.5,
  verdict: 'inconclusive',
  reason: 'never-reached',
  explanation: 'Nothing was refused by this limit.',
  whatWouldSettleIt: 'Send more than 300 within 0.5 s.',
}

export function resultOf(limits: LimitResult[], more: Partial<Result> = {}): Result {
  const verdicts = limits.map(({ verdict }) => verdict)
  const verdict = verdicts.includes('fail')
    ? 'fail'
    : verdicts.includes('inconclusive')
      ? 'inconclusive'
      : 'pass'
  return { format: 'onset-result', version: 1, verdict, limits, ...more }
}
