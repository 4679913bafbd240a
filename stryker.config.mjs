// Mutation testing: is there a test that fails when a line of the core is changed? `npm run mutate`
// says which lines; https://stryker-mutator.io names the options.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutants/sample.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // What runs only once, when a module is loaded, would take all tests for each mutant.
  ignoreStatic: true,
  concurrency: 2,
  // All tests once, with every mutant counted as it is met.
  dryRunTimeoutMinutes: 60,
  // What never ends takes so long, for each such mutant: so much more is enough where nothing else runs beside it.
  timeoutMS: 30_000,
  timeoutFactor: 2,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: '.onset/mutation.json' },
  tempDirName: '.onset/stryker',
  cleanTempDir: 'always',
  // The copy that is mutated needs nothing that runs left behind, and no tsconfig.json: that one stands
  // at the top of the project, and Vitest takes the types off without it.
  tsconfigFile: 'none',
  ignorePatterns: [
    '/*.*',
    '!/package.json',
    '!/vitest.mutate.config.ts',
    '/bench',
    '/bin',
    '/dist',
    '/docs',
    '/runs',
    '/scenarios',
    '/schemas',
    '/scripts',
    '/tuned',
  ],
}
