import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of the package named `onset` that a module belongs to: the nearest folder above it whose
 * package.json has that name. It is the same folder whether the module is a source file
 * (`lib/fire/k6/find.ts`) or part of a bundle (`dist/onset.js`).
 *
 * Throws where there is none, for then the installation is broken.
 */
export function packageRoot(moduleUrl: string): string {
  const from = dirname(fileURLToPath(moduleUrl))
  for (let folder = from; ; folder = dirname(folder)) {
    if (nameIn(join(folder, 'package.json')) === 'onset') return folder
    if (dirname(folder) === folder) {
      throw new Error(
        `No package.json named "onset" was found in ${from} or above it; install the package again.`,
      )
    }
  }
}

function nameIn(packageJson: string): unknown {
  let text: string
  try {
    text = readFileSync(packageJson, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return (JSON.parse(text) as { name?: unknown }).name
}
