// A checker for Stryker that lets some mutants through and sets the others aside, as if they did not compile:
// these are neither run nor part of any score. Either ONSET_SAMPLE says how many are drawn, and ONSET_SEED
// which; or ONSET_DRAWN names a report: those that were let through in it are once more, and no other.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { seededRandom } from '../../lib/simulate/index.ts'
import { type Mutant, mutantsDrawn, nameOf } from './mutant.ts'

/** A mutant as a checker is given it: lines and columns are counted from 0. */
interface Given extends Omit<Mutant, 'file'> {
  id: string
  fileName: string
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

function letThrough(mutants: readonly Given[]): Set<string> {
  const { ONSET_DRAWN, ONSET_SAMPLE, ONSET_SEED } = process.env
  if (ONSET_DRAWN === undefined) {
    const ids = mutants.map(({ id }) => id)
    return new Set(drawn(ids, Number(ONSET_SAMPLE), Number(ONSET_SEED)))
  }
  const names = new Set(mutantsDrawn(JSON.parse(readFileSync(ONSET_DRAWN, 'utf8'))).map(nameOf))
  const named = mutants.filter((mutant) => {
    const { start, end } = mutant.location
    const fromOne = ({ line, column }: typeof start) => ({ line: line + 1, column: column + 1 })
    const location = { start: fromOne(start), end: fromOne(end) }
    return names.has(nameOf({ ...mutant, file: relative(process.cwd(), mutant.fileName), location }))
  })
  return new Set(named.map(({ id }) => id))
}

function createSampler() {
  return {
    async init(): Promise<void> {},
    /** All in one group, so that the sample is drawn from all of them. */
    async group(mutants: readonly Given[]): Promise<string[][]> {
      return [mutants.map(({ id }) => id)]
    },
    async check(mutants: readonly Given[]): Promise<Record<string, { status: string; reason?: string }>> {
      const sample = letThrough(mutants)
      return Object.fromEntries(
        mutants.map(({ id }) => [
          id,
          sample.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
        ]),
      )
    },
  }
}

createSampler.inject = [] as const

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory: createSampler }]
