#!/usr/bin/env node
// Changes the core line by line and says which changes no test notices. Arguments are folders or files
// below lib/limiters and lib/check: npm run mutate -- lib/limiters lib/check/replay/replay.ts
import { spawnSync } from 'node:child_process'
import { fs, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'

const root = packageRoot(import.meta.url)
const given = process.argv.slice(2)
const missing = given.filter((name) => !fs.existsSync(path.join(root, name)))
if (missing.length > 0) {
  console.error(`There is no ${missing.join(', ')} to mutate. Name folders or files, such as lib/limiters.`)
  process.exit(2)
}
const wanted = given.length > 0 ? given : ['lib/limiters', 'lib/check']
const mutate = wanted.map((name) => (name.endsWith('.ts') ? name : `${name.replace(/\/$/, '')}/**/*.ts`))
const mutated = wanted.map((name) => path.relative('lib', name).split(path.sep).join('/'))
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', '--mutate', mutate.join(',')],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ONSET_MUTATED: mutated.join() } },
)
process.exitCode = status ?? 1
