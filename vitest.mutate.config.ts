import { defineConfig } from 'vitest/config'

// What mutants are run against: the tests of the folder that is mutated (ONSET_MUTATED, as scripts/mutate.ts
// sets it), with no k6 and no server. Left out is what takes a minute: whole watches, judged from end to
// end, and brute force over several limits, which needs many histories to find what it looks for.
const folders = (process.env.ONSET_MUTATED ?? 'limiters,check').split(',')

export default defineConfig({
  test: {
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: ['test/check/judge.test.ts', 'test/check/several-against-oracle.test.ts'],
    setupFiles: 'test/fixed-seed.ts',
    env: { ONSET_ORACLE_RUNS: '600', ONSET_SEED: '1' },
    testTimeout: 60_000,
    maxWorkers: 1,
  },
})
