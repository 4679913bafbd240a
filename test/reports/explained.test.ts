import { describe, expect, it } from 'vitest'
import type { Attribution, ExplainedLine, Reading } from '../../lib/result/index.ts'
import { renderResult } from '../../reports/terminal/index.ts'
import { passing, resultOf } from './results.ts'

const plain = { width: 80, color: false }

/** What stands below the table of limits. */
function below(more: { explained?: ExplainedLine[]; attribution?: Attribution[] }): string {
  const text = renderResult(resultOf([passing], more), [], plain)
  return text.split('\n\n').slice(2).join('\n\n')
}

const reading: Reading = {
  algorithm: 'fixed-window',
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
  standing: 'explains',
  demand: 'refuse',
  counted: 'never',
  countedBefore: [298, 301],
  windowStartMs: [-12, 83_000],
  witness: { atMs: 1_076.5, countedBefore: 300 },
}

const told: ExplainedLine = {
  line: 302,
  what: 'A request of A\u001b[31m, sent at +1.076 s: it was refused.',
  request: {
    descriptor: 'A',
    scopes: { integration: 'A' },
    sentMs: 1_076,
    receivedMs: 1_080,
    decidedMs: [1_075, 1_081],
    status: 429,
    outcome: 'limited',
    cost: 1,
    looks: 'says too many',
  },
  limits: [
    {
      name: 'alerts per integration',
      scope: 'integration',
      value: 'A',
      limit: 300,
      windowSeconds: 300,
      readings: [
        reading,
        { ...reading, algorithm: 'sliding-counter', rounding: 'floor' },
        {
          ...reading,
          algorithm: 'sliding-log',
          standing: 'open',
          limitedRequests: 'counted',
          chargedWhenRefused: 'earlier',
          demand: 'vacant',
          counted: 'possibly',
          countedBefore: [7, null],
          windowStartMs: undefined,
          witness: undefined,
        },
      ],
    },
  ],
  reasons: Array.from({ length: 6 }, (_, k) => ({
    limits: ['alerts per integration'],
    why: `Reason ${k + 1}.`,
  })),
}

describe('the story of a line on a terminal', () => {
  it('says what it means to each limit, alike readings once, and what the certificate says', () => {
    expect(below({ explained: [told] })).toMatchInlineSnapshot(`
      "LINE 302  A request of A\\u001b[31m, sent at +1.076 s: it was refused.
        It was decided between +1.075 s and +1.081 s.
        The refusal looks like this: "says too many".
        alerts per integration (integration A, 300 in 5m):
          - fixed-window; sliding-counter: had to be full; it does not count. Counted
            before it: surely 298 and possibly 301, in a window that starts between
            -0.012 s and +83.000 s. The witness has it decided at +1.077 s, with 300
            counted.
          - sliding-log (not excluded, refused requests count, those that another
            limit refuses count if it comes later in the list): had to have room,
            since a later limit refused it; it may count. Counted before it: at least
            7.
        It is in the certificate:
          - alerts per integration: Reason 1.
          - alerts per integration: Reason 2.
          - alerts per integration: Reason 3.
          - alerts per integration: Reason 4.
          … and 2 more, which the result as JSON holds.
      "
    `)
  })

  it('is a sentence for a line that is no request', () => {
    expect(below({ explained: [{ line: 1, what: 'The header.' }] })).toBe('LINE 1  The header.\n')
  })

  it('says that a request met no limit', () => {
    const { reasons: _, ...free } = told
    expect(below({ explained: [{ ...free, limits: [] }] })).toContain('  It met none of the limits')
  })
})

describe('kinds of refusals on a terminal', () => {
  const one: Attribution = {
    looks: 'says too many',
    limitedBy: 'integration',
    descriptors: ['A', 'B'],
    count: 412,
    lines: [302, 303],
    unexpected: false,
  }

  it('are not mentioned where each belongs to a limit', () => {
    expect(below({ attribution: [one] })).toBe('')
    expect(below({ attribution: [] })).toBe('')
  })

  it('are listed where there is one too many, that one first and with its lines', () => {
    const odd: Attribution = { descriptors: ['A'], count: 3, lines: [12, 40, 41], unexpected: true }
    const many: Attribution = { ...odd, looks: 'says \u001b', count: 9, lines: [50, 51] }
    expect(below({ attribution: [one, many, odd] })).toMatchInlineSnapshot(`
      "REFUSALS
      - 3 kinds of refusals, of which 2 are not accounted for by the limits of the
        spec: something else may be refusing too.
      - not accounted for: 9 of A, naming no limit, that look like this: "says
        \\u001b", lines 50 to 51 and 7 more
      - not accounted for: 3 of A, naming no limit, that the history does not
        describe, lines 12, 40 to 41
      - 412 of A, B, blaming integration, that look like this: "says too many"
      "
    `)
  })
})
