// The types of what the published package exports, taken from the source.
import { $, fs, path, tmpdir } from 'zx'

/** What is declared, and where to. */
export interface DeclarationOptions {
  /** The folder of the project. */
  root: string
  /** The file, from the root, whose exports are published. */
  entry: string
  /** Where the declarations go, flat: the entry's is named as the entry is. */
  folder: string
}

/**
 * Writes the declarations of a file and of all that it takes its types from.
 * Rejects where these come from outside of the entry's folder: the package could not hand them out.
 */
export async function writeDeclarations({ root, entry, folder }: DeclarationOptions): Promise<void> {
  const work = tmpdir()
  try {
    const config = path.join(work, 'tsconfig.json')
    await fs.writeJson(config, {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: root,
        outDir: work,
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
      files: [path.join(root, entry)],
      include: [],
    })
    await $`${path.join(root, 'node_modules/.bin/tsc')} --project ${config}`
    const emitted = path.join(work, path.dirname(entry))
    const wanted = [`${path.basename(entry, '.ts')}.d.ts`]
    await fs.emptyDir(folder)
    for (const file of wanted) {
      const text = await fs.readFile(path.join(emitted, file), 'utf8')
      for (const [, from] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
        const sibling = /^\.\/([\w-]+)\.ts$/.exec(from as string)?.[1]
        if (!sibling)
          throw new Error(
            `The declarations of ${entry}, ${file}: expected types from files beside it only, found ${from}; declare what it takes from there in a file of its own`,
          )
        if (!wanted.includes(`${sibling}.d.ts`)) wanted.push(`${sibling}.d.ts`)
      }
      await fs.writeFile(path.join(folder, file), text.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"))
    }
  } finally {
    await fs.remove(work)
  }
}
