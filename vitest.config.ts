import { defineConfig } from 'vitest/config'

// Real k6 and real servers on two cores: these tests run one file after another, so that none starves
// another's clock.
const endToEnd = [
  'test/e2e/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/run/**/*.test.ts',
  'test/fire/run-*.test.ts',
  'test/breaking/run-*.test.ts',
  'test/third-party/**/*.test.ts',
]
const packaging = ['test/package/**/*.test.ts']
const long = ['test/long/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: 'test/k6.ts',
          include: ['test/**/*.test.ts'],
          exclude: [...endToEnd, ...packaging, ...long],
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
          include: [...endToEnd, ...packaging],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
