/** How many checks passed and failed. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** What is read of Vitest's JSON report. */
export interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numTotalTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/**
 * Counts a run of Vitest. A test file that could not be loaded counts as one failure, and so does a run
 * that failed for any other reason, left no report or ran no test: silence is no pass.
 */
export function tallyOf(report: VitestReport | undefined, exitCode: number | null): Tally {
  if (!report) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests: passed, numFailedTests, numTotalTests, testResults } = report
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length
  const failed = numFailedTests + unloaded
  const otherwise = failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0
  return { passed, failed: failed + otherwise, skipped: numTotalTests - passed - numFailedTests }
}
