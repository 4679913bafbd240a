import { copyFile, mkdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildFailure, Message } from 'esbuild'
import { packageRoot } from './k6/index.ts'

/** Which scenario to bundle, and where to. */
export interface BundleOptions {
  /** The scenario's name: `verify` stands for `scenarios/verify.ts`. */
  scenario: string
  /** The folder for the bundle; it is made where it is missing. */
  folder: string
  /** The URL of the module that asks, by which the package is found; this module by default. */
  moduleUrl?: string
}

/** A scenario could not be bundled: the message says what is wrong, with file and line, one a line. */
export class BundleError extends Error {
  override name = 'BundleError'
}

/**
 * Puts a scenario and all it imports into one JavaScript module for k6, `FOLDER/SCENARIO.js`, and
 * returns that path. From source, esbuild bundles `scenarios/SCENARIO.ts`: k6's own modules stay
 * imports, Node's do not exist there and are an error. In the published package, whose code runs from
 * `dist/`, esbuild is not installed, and the bundle that was published with it is copied instead.
 *
 * Rejects with a `BundleError`, or with the system's error where the folder cannot be written.
 */
export async function bundleScenario(options: BundleOptions): Promise<string> {
  const { scenario, folder, moduleUrl = import.meta.url } = options
  const root = packageRoot(moduleUrl)
  const output = join(folder, `${scenario}.js`)
  await mkdir(folder, { recursive: true })
  if (relative(root, fileURLToPath(moduleUrl)).split(sep)[0] === 'dist') {
    await copyPublished(join(root, 'dist', 'scenarios', `${scenario}.js`), output)
  } else {
    await bundle(root, join(root, 'scenarios', `${scenario}.ts`), output)
  }
  return output
}

async function copyPublished(published: string, output: string): Promise<void> {
  try {
    await copyFile(published, output)
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' || path !== published) throw error
    throw new BundleError(
      `${published} is missing: the installation of Onset is incomplete, install it again.`,
    )
  }
}

async function bundle(root: string, input: string, output: string): Promise<void> {
  const { build } = await import('esbuild').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new BundleError(
      'esbuild is not installed, which Onset needs to run from source: run "npm install".',
    )
  })
  try {
    await build({
      entryPoints: [input],
      outfile: output,
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2022',
      external: ['k6', 'k6/*'],
      charset: 'utf8',
      sourcemap: false,
      logLevel: 'silent',
    })
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    const mistakes = errors.map(inWords).join('\n')
    throw new BundleError(`${relative(root, input)} could not be bundled for k6:\n${mistakes}`)
  }
}

function inWords({ text, location }: Message): string {
  const where = location === null ? '' : `${location.file}:${location.line}:${location.column + 1}: `
  const nodeModule = /Could not resolve "(node:[^"]+)"/.exec(text)?.[1]
  if (nodeModule === undefined) return `  ${where}${text}`
  return `  ${where}${nodeModule} does not exist in k6; a scenario imports only k6's modules and code without a platform`
}
