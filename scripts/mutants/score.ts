import { shareInterval } from '../../lib/capacity/share-interval.ts'

/** What is read of a mutation-testing report (its schema's version 2): the mutants of each file, and what is told of each. */
export interface MutationReport<Told = unknown> {
  files: Record<string, { mutants: readonly (Told & { status: string })[] }>
}

/** How many mutants some test noticed, of those that were tried. */
export interface Score {
  noticed: number
  tried: number
}

const noticed = ['Killed', 'Timeout']
const unnoticed = ['Survived', 'NoCoverage']

/** The scores of a report: of each folder that has any mutants that were tried, and of all together. */
export function scoresOf({ files }: MutationReport): { folders: Map<string, Score>; all: Score } {
  const folders = Map.groupBy(Object.keys(files), (name) => name.slice(0, name.lastIndexOf('/')))
  const scoreOf = (names: readonly string[]): Score => {
    const all = names.flatMap((name) => files[name]?.mutants ?? [])
    const having = (statuses: string[]) => all.filter(({ status }) => statuses.includes(status)).length
    return { noticed: having(noticed), tried: having([...noticed, ...unnoticed]) }
  }
  const scores = [...folders].map(([folder, names]) => [folder, scoreOf(names)] as const)
  return {
    folders: new Map(scores.filter(([, { tried }]) => tried > 0).sort(([a], [b]) => (a < b ? -1 : 1))),
    all: scoreOf(Object.keys(files)),
  }
}

/**
 * `273 of 320, 85.3 %`; of a random sample also between which shares that of all mutants lies, with 95 %
 * confidence: `273 of 320, 85.3 % (81.0 to 89.0)`.
 */
export function inWords({ noticed: found, tried }: Score, sampled: boolean): string {
  if (tried === 0) return 'none tried'
  const percent = (share: number) => (100 * share).toFixed(1)
  const words = `${found} of ${tried}, ${percent(found / tried)} %`
  return sampled ? `${words} (${shareInterval(found, tried, 0.025).map(percent).join(' to ')})` : words
}
