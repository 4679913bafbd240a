#!/usr/bin/env node
// Runs the benchmarks, bench/*.ts, one after another, because each wants the whole machine. Names
// given as arguments choose among them: npm run bench -- target
import { spawnSync } from 'node:child_process'
import { chalk, echo, glob, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'

const root = packageRoot(import.meta.url)
const benchmarks = (await glob('bench/*.ts', { cwd: root })).map((file) => path.parse(file).name).sort()
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benchmarks.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${benchmarks.join(', ')}.`)
  process.exit(2)
}

for (const name of wanted.length > 0 ? wanted : benchmarks) {
  echo(chalk.bold(`\n${name}`))
  const { status, signal } = spawnSync(process.execPath, [path.join(root, 'bench', `${name}.ts`)], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status === 0) continue
  console.error(`bench/${name}.ts failed (${signal ?? `exit code ${status}`}).`)
  process.exitCode = 1
}
