#!/usr/bin/env node
// Changes the core piece by piece and says which changes no test notices. Arguments are folders or files
// below lib/limiters and lib/check, by default both; all of their mutants are tried, which takes many hours
// for both, or a random sample of them, which gives an estimate:
// npm run mutate -- lib/limiters lib/check/replay/replay.ts
// npm run mutate -- --sample 400              of both, drawn anew; --seed draws the same ones again
// Those that are not in the sample stand among the errors of the table.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { echo, fs, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'
import { mutantsDrawn, rangeOf } from './mutants/mutant.ts'
import { inWords, type MutationReport, scoresOf } from './mutants/score.ts'

const root = packageRoot(import.meta.url)
const report = path.join(root, '.onset/mutation.json')
const { wanted, sample, seed } = options()

const mutate = wanted.map((name) => (name.endsWith('.ts') ? name : `${name.replace(/\/$/, '')}/**/*.ts`))
const mutated = wanted.map((name) => path.relative('lib', name).split(path.sep).join('/'))
fs.rmSync(report, { force: true })
const status = sample === undefined ? stryker(mutate, {}) : trySample(sample)
if (fs.existsSync(report)) {
  const { folders, all } = scoresOf(fs.readJsonSync(report) as MutationReport)
  const sampled = sample !== undefined
  for (const [folder, score] of folders) echo(`${folder}: ${inWords(score, sampled)}`)
  echo(`all: ${inWords(all, sampled)}${sampled ? `, seed ${seed}` : ''}`)
}
process.exitCode = status ?? 1

/**
 * Draws the mutants first, without a test, and then has Stryker make these alone: with all that there are in the
 * code, which count every time that they are met, the first run of the tests would take half an hour.
 */
function trySample(count: number): number | null {
  echo(`a sample of ${count} mutants, seed ${seed} (--seed ${seed} draws the same ones)`)
  const listed = stryker(mutate, { ONSET_SAMPLE: `${count}`, ONSET_SEED: `${seed}` }, [
    'stryker.draw.config.mjs',
  ])
  if (listed !== 0) return listed
  const names = path.join(root, '.onset/drawn.json')
  fs.moveSync(report, names, { overwrite: true })
  const ranges = mutantsDrawn(fs.readJsonSync(names)).map(rangeOf)
  return stryker([...new Set(ranges)], { ONSET_DRAWN: names }, ['--checkers', 'sample'])
}

function stryker(code: readonly string[], env: NodeJS.ProcessEnv, options: readonly string[] = []) {
  const program = path.join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const { status } = spawnSync(process.execPath, [program, 'run', ...options, '--mutate', code.join(',')], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ONSET_MUTATED: mutated.join(), ...env },
  })
  return status
}

function options(): { wanted: string[]; sample: number | undefined; seed: number } {
  try {
    const { values, positionals } = parseArgs({
      options: { sample: { type: 'string' }, seed: { type: 'string' } },
      allowPositionals: true,
    })
    const missing = positionals.filter((name) => !fs.existsSync(path.join(root, name)))
    if (missing.length > 0)
      throw new Error(
        `There is no ${missing.join(', ')} to mutate. Name folders or files, such as lib/limiters.`,
      )
    const number = (name: 'sample' | 'seed', least: number) => {
      const found = Number(values[name])
      if (!Number.isSafeInteger(found) || found < least)
        throw new Error(`--${name}: expected a whole number of ${least} or more, found ${values[name]}.`)
      return found
    }
    return {
      wanted: positionals.length > 0 ? positionals : ['lib/limiters', 'lib/check'],
      sample: values.sample === undefined ? undefined : number('sample', 1),
      seed: values.seed === undefined ? Date.now() % 1_000_000 : number('seed', 0),
    }
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}
