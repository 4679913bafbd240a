#!/usr/bin/env node
// Everything that has to hold, in one command: lint, types, set-up (k6) and all tests. A step that
// fails hides no other. The last line says `N passed, N failed`; lint, types and set-up count as one
// each. With --long: the tests of test/long, which take their time. Other arguments go to Vitest.
import { spawnSync } from 'node:child_process'
import { chalk, echo, fs, os, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'
import { type Tally, tallyOf, type VitestReport } from './tally.ts'

const root = packageRoot(import.meta.url)
const long = process.argv.includes('--long')
const toVitest = process.argv.slice(2).filter((argument) => argument !== '--long')

const steps = {
  lint: () => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'),
  types: () => node('node_modules/typescript/bin/tsc'),
  'types of pages': () => node('node_modules/typescript/bin/tsc', '--project', 'reports/html/client'),
  'set-up': () => node('scripts/setup.ts'),
  ...(long && { 'set-up of proxies': () => node('scripts/proxies.ts') }),
}
const tallies: [string, Tally][] = []
for (const [name, run] of Object.entries(steps)) {
  heading(name)
  const passed = run() === 0
  tallies.push([name, { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 }])
}
heading(long ? 'long tests' : 'tests')
tallies.push(['tests', tests()])

echo('')
for (const [name, { failed }] of tallies) {
  if (failed > 0) echo(chalk.red(`failed: ${name}`))
}
const sum = (of: keyof Tally) => tallies.reduce((total, [, tally]) => total + tally[of], 0)
if (sum('skipped') > 0) echo(chalk.yellow(`${sum('skipped')} skipped`))
echo(`${sum('passed')} passed, ${sum('failed')} failed`)
if (sum('failed') > 0) process.exitCode = 1

function heading(name: string): void {
  echo(chalk.bold(`\n== ${name}`))
}

/** Runs a program with the Node that runs this one, showing what it prints. */
function node(file: string, ...args: string[]): number | null {
  const { status, signal, error } = spawnSync(process.execPath, [path.join(root, file), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (error) console.error(`${file} could not be run: ${error.message}`)
  if (signal) console.error(`${file} was ended by ${signal}`)
  return status
}

function tests(): Tally {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'onset-tests-'))
  try {
    const file = path.join(folder, 'report.json')
    const status = node(
      'node_modules/vitest/vitest.mjs',
      ...[
        'run',
        ...(long
          ? ['--project', 'long']
          : ['core', 'unit', 'e2e', 'alone'].flatMap((name) => ['--project', name])),
      ],
      ...['--reporter', 'default', '--reporter', 'json', `--outputFile.json=${file}`, ...toVitest],
    )
    const report = fs.existsSync(file) ? (fs.readJsonSync(file) as VitestReport) : undefined
    return tallyOf(report, status)
  } finally {
    fs.removeSync(folder)
  }
}
