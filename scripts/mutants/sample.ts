// A checker for Stryker that lets a random sample of the mutants through and sets the others aside, as if
// they did not compile: these are neither run nor part of any score. ONSET_SAMPLE says how many are drawn,
// ONSET_SEED which.
import { seededRandom } from '../../lib/simulate/index.ts'

interface Mutant {
  id: string
}

/** So many of these, each as likely as any other. */
export function drawn<Value>(all: readonly Value[], count: number, seed: number): Value[] {
  const random = seededRandom(seed)
  const left = [...all]
  return Array.from({ length: Math.min(count, all.length) }, () => {
    const [one] = left.splice(Math.floor(random() * left.length), 1)
    return one as Value
  })
}

function createSampler() {
  return {
    async init(): Promise<void> {},
    /** All in one group, so that the sample is drawn from all of them. */
    async group(mutants: readonly Mutant[]): Promise<string[][]> {
      return [mutants.map(({ id }) => id)]
    },
    async check(mutants: readonly Mutant[]): Promise<Record<string, { status: string; reason?: string }>> {
      const ids = mutants.map(({ id }) => id)
      const sample = new Set(drawn(ids, Number(process.env.ONSET_SAMPLE), Number(process.env.ONSET_SEED)))
      return Object.fromEntries(
        ids.map((id) => [
          id,
          sample.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
        ]),
      )
    },
  }
}

createSampler.inject = [] as const

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory: createSampler }]
