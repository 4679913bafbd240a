// Draws the mutants of a sample and tries none: those that are drawn are said to survive. See scripts/mutate.ts.
import config from './stryker.config.mjs'

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  ...config,
  plugins: ['./scripts/mutants/sample.ts'],
  testRunner: 'command',
  commandRunner: { command: 'true' },
  coverageAnalysis: 'off',
  ignoreStatic: false,
  checkers: ['sample'],
  thresholds: { ...config.thresholds, break: null },
  reporters: ['json'],
}
