import { defineConfig } from 'vitest/config'

// Real k6 and real servers on two cores. Where a run must prove a limit, or its rates are looked at, one
// file follows another, so that none starves another's clock.
const alone = [
  'test/e2e/**/*.test.ts',
  'test/cli/verify*.test.ts',
  'test/cli/http.test.ts',
  'test/fire/run-*.test.ts',
  'test/breaking/run-clock-set.test.ts',
  'test/package/pack.test.ts',
  'test/third-party/**/*.test.ts',
]
// Real processes as well, which mostly wait, and of which three do not disturb each other.
const sideBySide = [
  'test/cli/**/*.test.ts',
  'test/run/**/*.test.ts',
  'test/breaking/run-*.test.ts',
  'test/package/**/*.test.ts',
]
// The core is pure: values in, values out. So its tests share what they import, which takes longer than most of them.
const pure = ['check', 'compare', 'discover', 'faults', 'latency', 'limiters', 'plan', 'spec'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
const long = ['test/long/**/*.test.ts']

export default defineConfig({
  test: {
    setupFiles: 'test/full-lengths.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: pure,
          isolate: false,
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: 'test/k6.ts',
          include: ['test/**/*.test.ts'],
          exclude: [...alone, ...sideBySide, ...long, ...pure],
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          globalSetup: 'test/k6.ts',
          include: sideBySide,
          exclude: alone,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          globalSetup: 'test/k6.ts',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          globalSetup: 'test/k6.ts',
          include: long,
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
