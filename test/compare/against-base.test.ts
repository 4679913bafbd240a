import { expect, it } from 'vitest'
import { type AgainstBase, type Comparison, verdictAgainstBase } from '../../lib/compare/index.ts'
import type { Verdict } from '../../lib/result/index.ts'
import { renderGithub } from '../../reports/github.ts'
import { renderJunit } from '../../reports/junit.ts'
import { passing, resultOf } from '../reports/results.ts'
import { xmlElements } from '../reports/well-formed-xml.ts'

const row = {
  descriptor: 'A',
  percentile: 99,
  base: { ms: 10, count: 700, beyond: 7 },
  run: { ms: 14, count: 900, beyond: 9 },
  ratio: 1.4,
}

function against(
  latency: Comparison['latency'][number]['verdict'],
  verdict: Verdict,
  isStrict = false,
): AgainstBase {
  const comparison: Comparison = {
    format: 'onset-comparison',
    version: 1,
    kind: 'two-sides',
    verdict,
    base: ['before'],
    run: ['after'],
    differences: [],
    limits: [],
    latency: [{ ...row, verdict: latency, ...(latency === 'cannot-tell' && { why: 'too few' }) }],
    throughput: { base: 20, run: 20 },
    method: { name: 'moving-block-bootstrap', marginRatio: 1.05, alpha: 0.05, seed: 1, resamples: 2000 },
  }
  return { kind: 'compared', comparison, isStrict }
}

const missing = (isFirstRun: boolean): AgainstBase => ({ kind: 'missing', why: 'no base', isFirstRun })

it.each<[string, Verdict, AgainstBase, Verdict]>([
  ['no worse', 'pass', against('no-worse', 'pass'), 'pass'],
  ['regressed', 'pass', against('regressed', 'fail'), 'fail'],
  ['regressed, limits open', 'inconclusive', against('regressed', 'fail'), 'fail'],
  ['cannot tell', 'pass', against('cannot-tell', 'inconclusive'), 'pass'],
  ['cannot tell, strict', 'pass', against('cannot-tell', 'inconclusive', true), 'inconclusive'],
  ['no worse, strict', 'pass', against('no-worse', 'pass', true), 'pass'],
  ['regressed, strict', 'pass', against('regressed', 'fail', true), 'fail'],
  ['limits open', 'inconclusive', against('no-worse', 'pass'), 'inconclusive'],
  ['broken', 'fail', against('no-worse', 'pass'), 'fail'],
  ['no base', 'pass', missing(false), 'inconclusive'],
  ['no base, first run', 'pass', missing(true), 'pass'],
  ['no base, first run, limits open', 'inconclusive', missing(true), 'inconclusive'],
  ['no base, broken', 'fail', missing(false), 'fail'],
])('%s: a run that is %s', (_, ofRun, base, expected) => {
  expect(verdictAgainstBase(ofRun, base)).toBe(expected)
})

it.each<[string, AgainstBase, string[]]>([
  ['no worse', against('no-worse', 'pass'), []],
  ['regressed', against('regressed', 'fail'), ['failure']],
  ['cannot tell', against('cannot-tell', 'inconclusive'), ['skipped']],
  ['cannot tell, strict', against('cannot-tell', 'inconclusive', true), ['error']],
  ['no base', missing(false), ['error']],
  ['no base, first run', missing(true), ['skipped']],
])('JUnit agrees with the exit code: %s', (_, base, ends) => {
  const elements = xmlElements(renderJunit(resultOf([passing]), base))
  expect(elements.map(({ name }) => name).filter((name) => !name.startsWith('test'))).toEqual(ends)
  for (const end of ends) {
    const counted = { failure: 'failures', error: 'errors', skipped: 'skipped' }[end] as string
    expect(elements[1]?.attributes).toMatchObject({ tests: '2', [counted]: '1' })
  }
})

it('GitHub sees an error for a latency that regressed, and a warning with the samples of one that is open', () => {
  const text = (base: AgainstBase) => renderGithub(resultOf([passing]), base)
  expect(text(against('regressed', 'fail'))).toMatch(/^::error title=Onset%3A REGRESSED%3A A p99::10 ms/)
  expect(text(against('cannot-tell', 'inconclusive'))).toMatch(
    /^::warning title=Onset%3A Latency::.*Worst looks A p99: 10.0 ms before, 14.0 ms now.*A p99 \(7 and 9 beyond it\)\. What would settle it: /,
  )
  expect(text(against('no-worse', 'pass'))).toBe('')
  expect(text(missing(true))).toBe('')
})
