import type { AgainstBase, LatencyComparison } from '../lib/compare/index.ts'
import type { Finding, LimitResult, Result } from '../lib/result/index.ts'
import { againstBaseSentence, intervalText, rowName, sideText } from './terminal/index.ts'

/** One test of a JUnit report: what it is called, and how it ended; without an end it passed. */
interface TestCase {
  classname: string
  name: string
  end?: { element: 'failure' | 'skipped' | 'error'; message: string; type: string; text: string }
}

/**
 * A result as JUnit XML, as CI systems read it: a test case for each limit, for what several limits
 * contradict together, and for each finding that is no mere note. What is not settled is an `error`, not a
 * pass and not `skipped`, which nobody looks at. Only a latency that cannot be told is `skipped`, unless the
 * gate is strict: it changes no exit code either.
 */
export function renderJunit(result: Result, against?: AgainstBase): string {
  const cases = [
    ...result.limits.map(limitCase),
    ...(result.certificates ?? []).map(
      (certificate): TestCase => ({
        classname: 'onset.limits',
        name: `together: ${(certificate.limits ?? []).join(', ')}`,
        end: { element: 'failure', message: certificate.why, type: certificate.kind, text: certificate.why },
      }),
    ),
    ...(result.findings ?? []).filter(({ level }) => level !== 'note').map(findingCase),
    ...(against ? baseCases(against) : []),
  ]
  const count = (element: string) => cases.filter(({ end }) => end?.element === element).length
  const seconds = ((result.run?.durationMs ?? 0) / 1000).toFixed(3)
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" time="${seconds}"`
  const began = result.run?.startedAt ? ` timestamp="${attribute(result.run.startedAt)}"` : ''
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="onset" ${counts}>`,
    `  <testsuite name="onset" ${counts} skipped="${count('skipped')}"${began}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function limitCase(limit: LimitResult): TestCase {
  const { name, scope, verdict, explanation, certificate, seen, reason, whatWouldSettleIt } = limit
  const testCase = {
    classname: `onset.limits.${scope}`,
    name: `${name}: ${limit.limit} in ${limit.windowSeconds} s`,
  }
  if (verdict === 'pass') return testCase
  const text = [explanation, certificate?.why, seen?.words, whatWouldSettleIt]
  const [element, type] =
    verdict === 'fail'
      ? (['failure', certificate?.kind ?? 'fail'] as const)
      : (['error', `inconclusive: ${reason ?? 'not settled'}`] as const)
  return { ...testCase, end: { element, type, message: explanation, text: distinct(text).join('\n') } }
}

function findingCase({ kind, level, descriptor, why, requests = [] }: Finding): TestCase {
  const ids = requests.length === 0 ? [] : [`requests: ${requests.join(', ')}`]
  return {
    classname: 'onset.findings',
    name: `${descriptor}: ${kind}`,
    end: {
      element: level === 'fail' ? 'failure' : 'error',
      type: level === 'fail' ? kind : `inconclusive: ${kind}`,
      message: why,
      text: [why, ...ids].join('\n'),
    },
  }
}

function baseCases(against: AgainstBase): TestCase[] {
  if (against.kind === 'compared') {
    return against.comparison.latency.map((row) => latencyCase(row, against.isStrict))
  }
  const message = againstBaseSentence(against)
  const element = against.isFirstRun ? 'skipped' : 'error'
  const end = { element, message, type: 'inconclusive: no base', text: message } as const
  return [{ classname: 'onset.latency', name: 'base', end }]
}

function latencyCase(row: LatencyComparison, isStrict: boolean): TestCase {
  const testCase = { classname: 'onset.latency', name: rowName(row) }
  if (row.verdict === 'no-worse') return testCase
  const [base, run] = [row.base, row.run].map((side) => sideText(side, (ms) => `${ms} ms`))
  const moved = `${base} in the base, ${run} in the run`
  if (row.verdict === 'regressed') {
    const text = row.interval ? `${moved}: the ratio is ${intervalText(row)}` : moved
    return { ...testCase, end: { element: 'failure', message: moved, type: 'latency-regressed', text } }
  }
  const beyond = `${row.base.beyond} and ${row.run.beyond} samples lie beyond it`
  const text = [moved, beyond, row.why].filter((words) => words !== undefined).join('; ')
  const element = isStrict ? 'error' : 'skipped'
  return { ...testCase, end: { element, message: text, type: 'inconclusive: cannot tell', text } }
}

function caseLines({ classname, name, end }: TestCase): string[] {
  const start = `    <testcase classname="${attribute(classname)}" name="${attribute(name)}"`
  if (!end) return [`${start} time="0"/>`]
  const { element, message, type, text } = end
  return [
    `${start} time="0">`,
    `      <${element} message="${attribute(message)}" type="${attribute(type)}">${escaped(text)}</${element}>`,
    '    </testcase>',
  ]
}

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))]
}

/** Characters that XML 1.0 cannot hold, not even as references. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(impossible, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** A parser makes blanks of line breaks in attributes, unless they are references. */
function attribute(text: string): string {
  return escaped(text)
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
