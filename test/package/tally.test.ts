import { describe, expect, test } from 'vitest'
import { tallyOf, type VitestReport } from '../../scripts/tally.ts'

const file = (status: string, ...assertions: string[]) => ({
  status,
  assertionResults: assertions.map((assertion) => ({ status: assertion })),
})

function report(...testResults: VitestReport['testResults']): VitestReport {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status))
  const count = (status: string) => all.filter((one) => one === status).length
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numTotalTests: all.length,
    testResults,
  }
}

describe('what a run of Vitest counts as', () => {
  test('tests that passed, failed and were skipped', () => {
    const run = report(file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed'))
    expect(tallyOf(run, 1)).toEqual({ passed: 3, failed: 1, skipped: 1 })
  })

  test('a file that could not be loaded is a failure although none of its tests ran', () => {
    expect(tallyOf(report(file('failed'), file('passed', 'passed')), 1)).toMatchObject({
      passed: 1,
      failed: 1,
    })
  })

  test('a run that failed after all its tests passed is a failure', () => {
    expect(tallyOf(report(file('passed', 'passed')), 1)).toMatchObject({ passed: 1, failed: 1 })
    expect(tallyOf(report(file('passed', 'passed')), null)).toMatchObject({ passed: 1, failed: 1 })
  })

  test('a run of no test is a failure, and so is one without a report', () => {
    expect(tallyOf(report(), 0)).toMatchObject({ passed: 0, failed: 1 })
    expect(tallyOf(report(file('passed', 'skipped')), 0)).toMatchObject({ passed: 0, failed: 1, skipped: 1 })
    expect(tallyOf(undefined, 0)).toMatchObject({ passed: 0, failed: 1 })
  })
})
