import { defineConfig } from 'vitest/config'

// What mutants are run against: the quick tests of the folder that is mutated (ONSET_MUTATED, as
// scripts/mutate.ts sets it), with no k6 and no server. A test that takes seconds takes them once a mutant,
// so of test/check those are left out that judge whole watches.
const quick: Record<string, string> = {
  limiters: 'test/limiters/*.test.ts',
  check: 'test/check/{against-oracle,attribution,bounds,replay,tally,verify-*}.test.ts',
}
const folders = (process.env.ONSET_MUTATED ?? 'limiters,check').split(',')

export default defineConfig({
  test: {
    include: folders.flatMap((folder) => quick[folder] ?? []),
    setupFiles: 'test/fixed-seed.ts',
    env: { ONSET_ORACLE_RUNS: '600', ONSET_SEED: '1' },
    testTimeout: 60_000,
    maxWorkers: 1,
  },
})
