import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What mutants are run against: the tests of the folder that is mutated (ONSET_MUTATED, as
// scripts/mutate.ts sets it), with no k6 and no server. A mutant is dead at the first test that fails, so the
// quickest come first; a test that takes seconds takes them for every mutant that lives, so those come last
// that judge whole runs, and only the parts that are tested through nothing else need them.
const verifying = [
  'verifier-finds',
  'verify-certificate',
  'verify-first-hit-and-orders',
  'verify-refill-ticks',
  'verify-bucket',
  'refute-together',
]
const orders = ['verify-first-hit-and-orders', 'verify-order-against-oracle']
const bounds = [
  'bounds',
  'sorted-by',
  'tally',
  'phases',
  'busy-windows',
  'log-windows',
  'adjoining-windows',
  'refute-known-instants',
  'first-hit-chain',
  'first-hit-instants',
  'refute-fixed-window',
  'refute-first-hit-window',
  'refute-sliding-counter',
  'refute-sliding-log',
  'refute-bucket',
  'bounds-sharpness',
  'counter-starts',
  'condense',
]
/** The searches for a witness, each by itself. */
const searches = [
  'order-allowance',
  'retreat',
  'repairs',
  'repairs-thought-of',
  'begun-again',
  'starts-between',
  'zone',
  'parts',
  'refute-together',
  'rejected-proofs',
  'orders-alone',
  'play-alone',
  'searches-alone',
  'played-forward',
  'zones-alone',
  'verify-order-against-oracle',
  'hidden-use',
  'against-oracle',
]
const compared = ['verify-order-against-oracle', 'certificates-of-nothing', 'against-oracle']
const settling = [
  'uses-in-order',
  'settle-afresh',
  'by-deadline',
  'first-hit-refusals',
  'first-hit-repairs',
  'fullness',
  'window-starts',
  'shared-starts',
  'logs-filled',
  'settle-counters-and-buckets',
  'settle-window',
  'no-starts-left',
  'busy-times-moved',
  'settle-refused-by-one',
  'settle-fixed-window',
  'settle-instants',
  'combinations',
  'busy-times',
  'witness-of-all',
  'settle-small-histories',
  'settle-first-hit-windows',
  'settle-alone',
  'settle-against-oracle',
  'searches-alone',
]
const evidence = [
  'evidence',
  'hypotheses',
  'bounds',
  'tally',
  'sorted-by',
  'marks',
  'room',
  'bucket-room',
  'loosened',
  'refused-elsewhere',
  'counted-before',
  'evidence-shared',
  'debt',
  'phases',
  'busy-windows',
  'log-windows',
  'refute-known-instants',
  'bounds-sharpness',
  'condense',
  'searches',
  'stored-histories',
  'said',
  'against-oracle',
  'never-full',
  'evidence-for-each',
]
/** What puts the steps together, in files that are in none of their folders. */
const judging = [
  'assumptions',
  'attribution',
  'blame',
  'onsets',
  'never-reached',
  'steps',
  'foreign',
  'sharpness',
  'rounding',
  'narrow',
  'searches',
  'witness-of-all',
  'rejected-proofs',
  'stored-histories',
  'said',
  'other-windows',
  'judge-explained',
  'judge',
]
/** Slower than all others, the slowest last … */
const slow = [
  'many-limiters',
  'verify-soundness',
  'explain-line',
  'drawn-servers',
  'judge-explained',
  'evidence-for-each',
  'judge',
]
/** … and so slow, or in need of so many histories, that they are left to the usual tests. */
const leftOut = ['rivals', 'correct-runs', 'many-windows', 'several-against-oracle']

const all = readdirSync(join(import.meta.dirname, 'test', 'check'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => name.slice(0, -'.test.ts'.length))
  .filter((name) => !leftOut.includes(name))
const together = readdirSync(join(import.meta.dirname, 'lib', 'check')).filter((name) => name.endsWith('.ts'))
const tested: Record<string, string[]> = {
  ...Object.fromEntries(together.map((name) => [`check/${name}`, judging])),
  limiters: ['hierarchy', 'exact', 'models'],
  check: [...all.filter((name) => !slow.includes(name)), ...slow],
  'check/verify': [...verifying, 'refute-known-instants', ...compared, 'verify-soundness'],
  'check/verify/verify-order.ts': orders,
  'check/verify/enumeration.ts': orders,
  'check/verify/verify-answer.ts': orders,
  'check/settle': settling,
  'check/evidence': evidence,
  'check/seen': ['landmarks', 'seen', 'stored-histories', 'said'],
  'check/words': ['words', 'stored-histories', 'said', 'explain-line'],
  'check/replay': [
    'replay',
    'witness-of-all',
    'rejected-proofs',
    'settle-small-histories',
    'stored-histories',
    'explain-line',
  ],
  'check/mend': [
    'timed-log',
    'violated',
    'log-schedule',
    'moves',
    'moves-in-any-schedule',
    'first-schedule',
    'mend',
    'mended-witness',
  ],
  'check/forward': searches,
  'check/order': searches,
  'check/refute': [...bounds, ...compared, 'stored-histories'],
}

/** The tests of the narrowest of these folders that holds a path below lib. */
function testsOf(mutated: string): string[] {
  const around = Object.keys(tested).filter((folder) => `${mutated}/`.startsWith(`${folder}/`))
  const [narrowest = ''] = around.sort((a, b) => b.length - a.length)
  const [top] = narrowest.split('/')
  return (tested[narrowest] ?? []).map((name) => `test/${top}/${name}.test.ts`)
}

const mutated = (process.env.ONSET_MUTATED ?? 'limiters,check').split(',')
const tests = [...new Set(mutated.flatMap(testsOf))]

class AsListed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      tests.findIndex((name) => moduleId.endsWith(`/${name}`))
    return files.toSorted((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    include: tests,
    sequence: { sequencer: AsListed },
    setupFiles: ['test/full-lengths.ts', 'test/fixed-seed.ts'],
    env: {
      ONSET_ORACLE_RUNS: '600',
      ONSET_CERT_RUNS: '20',
      ONSET_SOUNDNESS_RUNS: '60',
      ONSET_DRAWN_SERVERS: '10',
      ONSET_SEED: '1',
    },
    // On a busy machine a slow test takes minutes where every mutant is counted; what never ends is stopped from outside.
    testTimeout: 600_000,
    maxWorkers: 1,
    isolate: false,
  },
})
