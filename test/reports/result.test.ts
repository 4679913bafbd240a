import { describe, expect, it } from 'vitest'
import type { LimitResult, Result } from '../../lib/result/index.ts'
import { type NamedFile, renderResult } from '../../reports/terminal/index.ts'
import { failing, open, passing, resultOf } from './results.ts'

const plain = { width: 80, color: false }

function rendered(result: Result, files: NamedFile[] = []): string {
  return renderResult(result, files, plain)
}

describe('a result on a terminal', () => {
  it('says that all limits begin where they should, and what explains them', () => {
    expect(rendered(resultOf([passing]))).toMatchInlineSnapshot(`
      "PASS  The limit begins where it is written to.

      LIMIT                   AT MOST    VERDICT  ONSET        RECOVERY
      alerts per integration  300 in 5m  PASS     A after 300  after 4 min 43 s
        explained by fixed-window (a window starts 83.00 to 83.05 s into the run)
      "
    `)
  })

  it('shows for a fail the certificate and what was seen instead, for the rest what would settle it', () => {
    expect(rendered(resultOf([passing, failing, open]))).toMatchInlineSnapshot(`
      "FAIL  1 of 3 limits is not enforced as written: alerts per organization. 1 limit
      more not settled.

      LIMIT            AT MOST      VERDICT       ONSET               RECOVERY
      alerts per       300 in 5m    PASS          A after 300         after 4 min 43 s
      integration
        explained by fixed-window (a window starts 83.00 to 83.05 s into the run)
      alerts per       500 in 5m    FAIL          B after 503 to 506  not seen
      organization
      API requests     300 in 0.5s  INCONCLUSIVE  not reached
      per API key

      FAIL  alerts per organization: 500 in 5m
        Not 500 in 5 min: more were let through.
        Certificate (over-admission, B, lines 812 to 814, 901 of the history):
          501 accepted surely within one window of 300 s: from +1.852 s to +9.426 s.
          1. Not a fixed window: 501 were accepted surely within one window.
          2. Not a sliding log: 501 were accepted surely within one window.
        Seen instead: consistent with 506 in 300 s

      INCONCLUSIVE  API requests per API key: 300 in 0.5s
        Nothing was refused by this limit.
        Reason: never-reached
        What would settle it: Send more than 300 within 0.5 s.
      "
    `)
  })

  it('says what several limits together contradict', () => {
    const certificate = {
      kind: 'several-limits' as const,
      records: [7],
      limits: [passing.name, open.name],
      why: 'Line 7 was refused although neither limit can have been used up.',
    }
    const result = { ...resultOf([open]), verdict: 'fail' as const, certificates: [certificate] }
    expect(rendered(result)).toMatchInlineSnapshot(`
      "FAIL  The limits cannot all be enforced as written: together they contradict the
      history.

      LIMIT                     AT MOST      VERDICT       ONSET        RECOVERY
      API requests per API key  300 in 0.5s  INCONCLUSIVE  not reached

      FAIL  together: alerts per integration, API requests per API key
        Certificate (several-limits, line 7 of the history):
          Line 7 was refused although neither limit can have been used up.

      INCONCLUSIVE  API requests per API key: 300 in 0.5s
        Nothing was refused by this limit.
        Reason: never-reached
        What would settle it: Send more than 300 within 0.5 s.
      "
    `)
  })

  it('tells what is wrong in the target beside its limits', () => {
    const result = resultOf([passing], {
      verdict: 'fail',
      findings: [
        {
          kind: 'unreconciled',
          level: 'inconclusive',
          descriptor: 'C',
          why: 'Whether the 12 alerts that were accepted exist was not read back. Nobody answers.',
        },
        {
          kind: 'lost-alerts',
          level: 'fail',
          descriptor: 'A',
          count: [10, 10],
          why: '10 of 300 alerts that were accepted are lost: the target counts 290, 60 s after the last one was sent.',
          requests: Array.from({ length: 10 }, (_, k) => `k1.${k}`),
        },
        {
          kind: 'refused-alert-exists',
          level: 'fail',
          descriptor: 'B',
          count: [1, 1],
          why: '1 of 20 alerts that were refused exists all the same.',
          requests: ['k2.7'],
        },
        { kind: 'split-group', level: 'note', descriptor: 'B', why: 'The alerts fell into 2 groups.' },
      ],
    })
    expect(rendered(result)).toMatchInlineSnapshot(`
      "FAIL  The limit begins where it is written to. In the target itself, alerts that
      were accepted are lost and alerts that were refused exist.

      LIMIT                   AT MOST    VERDICT  ONSET        RECOVERY
      alerts per integration  300 in 5m  PASS     A after 300  after 4 min 43 s
        explained by fixed-window (a window starts 83.00 to 83.05 s into the run)

      FAIL  A: alerts that were accepted are lost
        10 of 300 alerts that were accepted are lost: the target counts 290, 60 s
        after the last one was sent.
        In the history, by its "request": k1.0, k1.1, k1.2, k1.3, k1.4, k1.5, k1.6,
        k1.7 and others.

      FAIL  B: alerts that were refused exist
        1 of 20 alerts that were refused exists all the same.
        In the history, by its "request": k2.7.

      INCONCLUSIVE  C: whether what was accepted exists is not known
        Whether the 12 alerts that were accepted exist was not read back. Nobody
        answers.

      NOTES
      - B: The alerts fell into 2 groups.
      "
    `)
  })

  it('tells what else a reader should know, and where the files are', () => {
    const result = resultOf([passing], {
      coverage: { records: 2370, accepted: 1603, limited: 760, unknown: 7, dropped: 2, skipped: 1 },
      run: { torn: true },
      assumptions: [
        { name: 'no clock step during the run', held: true },
        {
          name: 'every planned request was sent',
          held: false,
          why: '2 requests of A were due but not sent',
          removes: [open.name],
        },
      ],
      latency: [
        latencyRow('A', 'accepted', 601, [0.5, 3.31, 14.4, 121.8, 1021.8]),
        latencyRow('A', 'limited', 60, [0.05, 0.996, 9.96, 99.96, 100.4]),
      ],
      unanswered: [
        { descriptor: 'A', count: 7 },
        { descriptor: 'B', count: 0 },
      ],
      warnings: [
        { code: 'not-carried-out', message: 'The firing broke off: k6 was ended by SIGKILL.' },
        { code: 'left-behind', message: 'The integration "Onset load test x A" (C1) is still there.' },
      ],
      reconciliation: [
        { descriptor: 'A', accepted: [300, 301], counted: 300, agrees: true },
        { descriptor: 'B', accepted: [200, 200], counted: 199, agrees: false, why: 'one was lost' },
        { descriptor: 'C', accepted: [1, 1], counted: null, agrees: null },
      ],
      delivery: [
        { descriptor: 'A', lagMs: [310, 820] },
        { descriptor: 'B', lagMs: [1_200, null] },
      ],
      headers: {
        dialect: 'draft-07',
        findings: [
          {
            rule: 'rule 8',
            level: 'should',
            state: 'broken',
            message: 'Retry-After is no number',
            records: [12, 13, 14, 16],
          },
          { rule: 'rule 9', level: 'must', state: 'holds', message: 'so it is' },
        ],
      },
    })
    const files = [
      { what: 'history', path: 'runs/20261123-081102-a1b2/history.ndjson' },
      { what: 'judge it again', path: 'onset check runs/20261123-081102-a1b2' },
    ]
    expect(rendered(result, files)).toMatchInlineSnapshot(`
      "PASS  The limit begins where it is written to.
      Judged from 2370 requests: 1603 accepted, 760 limited, 7 unknown; 2 requests
      planned but not sent; 1 line left out.
      The firing broke off: k6 was ended by SIGKILL.
      The history is torn: this is what there is of it.

      LIMIT                   AT MOST    VERDICT  ONSET        RECOVERY
      alerts per integration  300 in 5m  PASS     A after 300  after 4 min 43 s
        explained by fixed-window (a window starts 83.00 to 83.05 s into the run)

      ASSUMPTIONS THAT DID NOT HOLD
      - every planned request was sent: 2 requests of A were due but not sent (no
        verdict because of it: API requests per API key)

      COUNTED BY THE TARGET
      - A: 300 to 301 seen accepted, the target counted 300; all were visible 310 ms
        to 820 ms after the last was sent
      - B: 200 seen accepted, the target counted 199 - they do not agree: one was lost
      - C: 1 seen accepted, the target did not say how many it counted

      HEADERS
      - RateLimit fields: draft-07. Rules and claims that hold: 1; that do not: 1;
        that could not be tested: 0.
      - against a SHOULD, rule 8: Retry-After is no number (lines 12 to 14, 16)

      NOT ANSWERED
      - A: 7 requests without a response

      NOTES
      - The integration "Onset load test x A" (C1) is still there.

      LATENCY, MS  OUTCOME   COUNT   P50  P90   P99  P99.9   MAX
      A            accepted    601  0.50  3.3  14.4    122  1022
      A            limited      60  0.05  1.0  10.0    100   100

      FILES
      history         runs/20261123-081102-a1b2/history.ndjson
      judge it again  onset check runs/20261123-081102-a1b2
      "
    `)
  })

  it('has a headline for every way a run can go', () => {
    const headlines = [
      resultOf([passing, passing]),
      resultOf([failing, failing]),
      resultOf([failing, open, passing]),
      resultOf([open, open]),
      resultOf([open, passing]),
      resultOf([open]),
      { ...resultOf([]), verdict: 'inconclusive' as const },
    ].map((result) => rendered(result).split('\n\n')[0])
    expect(headlines).toMatchInlineSnapshot(`
      [
        "PASS  Both limits begin where they are written to.",
        "FAIL  Both limits are not enforced as written.",
        "FAIL  1 of 3 limits is not enforced as written: alerts per organization. 1 limit
      more not settled.",
        "INCONCLUSIVE  Both limits are not settled by this history.",
        "INCONCLUSIVE  1 of 2 limits is not settled by this history: API requests per API
      key.",
        "INCONCLUSIVE  The limit is not settled by this history.",
        "INCONCLUSIVE  Nothing was judged.
      ",
      ]
    `)
  })

  it('never tells by colour alone: without the escapes it is the same text', () => {
    const result = resultOf([passing, failing, open], { warnings: [{ code: 'x', message: 'a note' }] })
    const colored = renderResult(result, [], { width: 80, color: true })
    expect(colored).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is looked for.
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(rendered(result))
  })

  it('keeps every line within 80 columns, whatever the names are', () => {
    const name = 'an extraordinarily long name of a limit which somebody wrote into a spec, once and '.repeat(
      2,
    )
    const word = 'x'.repeat(150)
    const long: LimitResult = { ...failing, name: `${name}${word}`, explanation: `${word} ${word}` }
    const lines = rendered(resultOf([long, { ...open, name: '限'.repeat(90) }])).split('\n')
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(80)
  })

  it('makes control characters and marks of direction visible', () => {
    const name = 'evil\u001b[2J\u202ename\u0007'
    const text = rendered(resultOf([{ ...open, name, explanation: `see ${name}\nsecond line` }]))
    expect(text).toContain('evil\\u001b[2J\\u202ename\\u0007')
    expect(text).toContain('\\u000asecond line')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left but line breaks.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

function columns(line: string): number {
  return [...line].reduce((sum, character) => sum + (character === '限' ? 2 : 1), 0)
}

function latencyRow(
  descriptor: string,
  outcome: 'accepted' | 'limited',
  count: number,
  [p50, p90, p99, p999, max]: [number, number, number, number, number],
) {
  return { descriptor, outcome, count, p50, p90, p99, p999, max }
}
