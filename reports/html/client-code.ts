import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildFailure, Metafile } from 'esbuild'
import { packageRoot } from '../../lib/fire/k6/index.ts'

/** What runs in the page, and what it looks like. */
export interface ClientCode {
  script: string
  style: string
}

/** The page's script could not be made: the message says what to do. */
export class ClientCodeError extends Error {
  override readonly name = 'ClientCodeError'
}

/**
 * The page's script and style. From source, esbuild bundles them; in the published package, whose code
 * runs from `dist/`, they lie there ready.
 */
export async function clientCode(moduleUrl = import.meta.url): Promise<ClientCode> {
  const root = packageRoot(moduleUrl)
  if (relative(root, fileURLToPath(moduleUrl)).split(sep)[0] === 'dist') return published(join(root, 'dist'))
  return bundleClient(root)
}

async function published(dist: string): Promise<ClientCode> {
  const read = (name: string) =>
    readFile(join(dist, 'report', name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw new ClientCodeError(
        `${error.path} is missing: the installation of Onset is incomplete, install it again.`,
      )
    })
  return { script: await read('client.js'), style: await read('client.css') }
}

/** Bundles the page's script, with the plots' library, and its style. */
export async function bundleClient(root: string): Promise<ClientCode & { metafile: Metafile }> {
  const { build } = await import('esbuild').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ClientCodeError(
      'esbuild is not installed, which Onset needs to make a report from source: run "npm install".',
    )
  })
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: { client: join(root, 'reports/html/client/main.ts') },
      absWorkingDir: root,
      outdir: root,
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
    })
    const ending = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text.trim() ?? ''
    // Nothing in a script element may look like its end.
    return { script: ending('.js').replaceAll('</script', '<\\/script'), style: ending('.css'), metafile }
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    throw new ClientCodeError(
      `the report's script could not be bundled: ${errors.map(({ text }) => text).join('; ')}`,
    )
  }
}
