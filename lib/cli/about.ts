import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../fire/k6/index.ts'

/** The package's own description of itself. */
interface Manifest {
  version: string
  engines: { node: string }
}

/** The version of Onset, and the Node that it asks for, as in `>=22.18`. */
export function aboutOnset(): { version: string; nodeRange: string } {
  const text = readFileSync(join(packageRoot(import.meta.url), 'package.json'), 'utf8')
  const { version, engines } = JSON.parse(text) as Manifest
  return { version, nodeRange: engines.node }
}
