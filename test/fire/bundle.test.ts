import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { BundleError, bundleScenario } from '../../lib/fire/bundle.ts'
import { findK6 } from '../../lib/fire/k6/index.ts'
import { temporaryFolder } from './k6-stand-ins.ts'

const run = promisify(execFile)

/** A package named as ours with the given files; what it bundles goes to `runs`, which is not there yet. */
async function packageOf(files: Record<string, string>) {
  const root = await temporaryFolder()
  for (const [path, text] of Object.entries({
    'package.json': '{"name":"onset","type":"module"}',
    ...files,
  })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return {
    root,
    folder: join(root, 'runs'),
    moduleUrl: pathToFileURL(join(root, 'lib', 'fire', 'x.ts')).href,
  }
}

const bundling = (options: Parameters<typeof bundleScenario>[0]) =>
  bundleScenario(options).then(
    (path) => path,
    (error) => error,
  )

describe('from source', () => {
  test('k6 runs what was bundled, with the syntax that the library is written in', async () => {
    const { folder, moduleUrl } = await packageOf({
      'scenarios/probe.ts': `
        import { sleep } from 'k6'
        import exec from 'k6/execution'
        import { Counter as Metric } from 'k6/metrics'
        import { Counter, type Count, label } from '../lib/counter.ts'
        export const options = { vus: 1, iterations: 1 }
        const seen: Metric = new Metric('seen')
        export default async function (): Promise<void> {
          const counter = new Counter()
          for (const step of counter.steps(3)) counter.add(step)
          await Promise.resolve()
          const count: Count = counter.count
          seen.add(count)
          sleep(0)
          console.log('it says ' + label(count, { unit: undefined }) + ' at ' + exec.vu.iterationInScenario)
        }`,
      'lib/counter.ts': `
        export type Count = number
        export class Counter {
          static #made = 0
          static { Counter.#made = 0 }
          #count: Count = 0
          constructor() { Counter.#made ||= 1 }
          get count(): Count { return this.#count }
          add(by: number): void { this.#count += by ** 2 }
          *steps(to: number) { for (let step = 1; step <= to; step++) yield step }
          has(other: object): boolean { return #count in other }
        }
        export function label(count: Count, { unit }: { unit?: string }): string {
          const { year } = /(?<year>\\d{4})/u.exec('since 2026')?.groups ?? {}
          return \`\${count} \${unit ?? 'ünits'} \${[1_000n].at(-1)} \${year}\`
        }`,
    })
    const path = await bundleScenario({ scenario: 'probe', folder, moduleUrl })
    expect(path).toBe(join(folder, 'probe.js'))
    expect(await readdir(folder)).toEqual(['probe.js'])
    expect(await readFile(path, 'utf8')).not.toContain('sourceMappingURL')

    const k6 = await findK6()
    if (!k6.found) throw new Error(k6.message)
    const { stderr } = await run(k6.path, ['run', '--quiet', '--no-usage-report', path])
    expect(stderr).toContain('it says 14 ünits 1000 2026 at 0')
  }, 600_000)

  test('all mistakes are told, with their places', async () => {
    const { folder, moduleUrl } = await packageOf({
      'scenarios/wrong.ts':
        "import { a } from '../lib/absent.ts'\nimport { b } from '../lib/there.ts'\na(b)\n",
      'lib/there.ts': 'export const b = = 1\n',
    })
    const error = await bundling({ scenario: 'wrong', folder, moduleUrl })
    expect(error).toBeInstanceOf(BundleError)
    expect(error.message.split('\n')).toEqual([
      'scenarios/wrong.ts could not be bundled for k6:',
      expect.stringMatching(/^ {2}lib\/there\.ts:1:18: Unexpected "="$/),
      expect.stringMatching(/^ {2}scenarios\/wrong\.ts:1:19: Could not resolve "\.\.\/lib\/absent\.ts"/),
    ])
    expect(await readdir(folder)).toEqual([])
  })

  test('an import of Node is a mistake, for k6 has none of it', async () => {
    const { folder, moduleUrl } = await packageOf({
      'scenarios/wrong.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n",
    })
    const error = await bundling({ scenario: 'wrong', folder, moduleUrl })
    expect(error).toBeInstanceOf(BundleError)
    expect(error.message).toContain('scenarios/wrong.ts:1:30: node:fs does not exist in k6')
  })

  test('a scenario that does not exist is told', async () => {
    const { folder, moduleUrl } = await packageOf({})
    const error = await bundling({ scenario: 'absent', folder, moduleUrl })
    expect(error).toBeInstanceOf(BundleError)
    expect(error.message).toContain('scenarios/absent.ts')
  })
})

describe('from the published package', () => {
  /** The bundler as it is published: itself in one file under `dist`, with no esbuild to be found. */
  async function published(files: Record<string, string>) {
    const { root, folder } = await packageOf(files)
    await build({
      entryPoints: [join(import.meta.dirname, '../../lib/fire/bundle.ts')],
      outfile: join(root, 'dist', 'onset.js'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['esbuild'],
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      logLevel: 'silent',
    })
    const program = `import { bundleScenario } from ${JSON.stringify(join(root, 'dist', 'onset.js'))}
      await bundleScenario({ scenario: 'probe', folder: ${JSON.stringify(folder)} }).then(
        (path) => console.log(path), (error) => console.log(error.name + ': ' + error.message))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
    return { root, folder, said: stdout.trim() }
  }

  test('the scenario that was published with it is taken', async () => {
    const { folder, said } = await published({ 'dist/scenarios/probe.js': '// bundled before\n' })
    expect(said).toBe(join(folder, 'probe.js'))
    expect(await readFile(said, 'utf8')).toBe('// bundled before\n')
  })

  test('an incomplete package is told', async () => {
    const { root, said } = await published({ 'scenarios/probe.ts': 'export default () => {}\n' })
    expect(said).toBe(
      `BundleError: ${join(root, 'dist/scenarios/probe.js')} is missing: the installation of Onset is incomplete, install it again.`,
    )
  })
})
