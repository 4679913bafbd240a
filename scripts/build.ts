#!/usr/bin/env node
// Builds what the published package runs from: dist/. The libraries are bundled rather than listed as
// dependencies, so that installing Onset fetches nothing else, works without a network, and runs
// exactly the versions that were tested.
import { build, type Metafile } from 'esbuild'
import { chalk, echo, fs, glob, path } from 'zx'
import { bundleScenario } from '../lib/fire/bundle.ts'
import { packageRoot } from '../lib/fire/k6/index.ts'
import { bundleClient } from '../reports/html/client-code.ts'
import { writeDeclarations } from './declarations.ts'

const root = packageRoot(import.meta.url)
const dist = path.join(root, 'dist')

await fs.emptyDir(dist)
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    onset: 'lib/cli/main.ts',
    target: 'lib/target/main.ts',
    'history-worker': 'lib/history/threads/worker.ts',
    'import-worker': 'lib/import/worker.ts',
    'tune-worker': 'lib/tune/worker.ts',
    limiter: 'lib/simulate/limiter.ts',
  },
  outdir: dist,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  // Only a clone bundles scenarios, and a clone has esbuild.
  external: ['esbuild'],
  // Some libraries are CommonJS and ask for Node's modules by require.
  banner: {
    js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
})
const client = await writeClient()
await fs.writeFile(
  path.join(dist, 'THIRD-PARTY-LICENSES.txt'),
  await licenses({ ...metafile.inputs, ...client.inputs }),
)
await writeDeclarations({ root, entry: 'lib/simulate/limiter.ts', folder: path.join(dist, 'types') })
for (const scenario of await scenarios())
  await bundleScenario({ scenario, folder: path.join(dist, 'scenarios') })

for (const file of await glob('**', { cwd: dist })) {
  const { size } = await fs.stat(path.join(dist, file))
  echo(`${`${Math.ceil(size / 1024)} kB`.padStart(8)}  ${chalk.dim('dist/')}${file}`)
}

/** What runs in the pages of reports, ready to be put into them. */
async function writeClient(): Promise<Metafile> {
  const { script, style, metafile } = await bundleClient(root)
  await fs.outputFile(path.join(dist, 'report', 'client.js'), script)
  await fs.outputFile(path.join(dist, 'report', 'client.css'), style)
  return metafile
}

/** The scenarios that k6 can be started with; the other files of the folder are what they share. */
async function scenarios(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: await glob('scenarios/*.ts', { cwd: root }),
    outdir: dist,
    format: 'esm',
    write: false,
    metafile: true,
  })
  return Object.values(metafile.outputs)
    .filter((output) => output.exports.includes('options'))
    .map((output) => path.parse(output.entryPoint as string).name)
}

/** The licences of all libraries whose code went into a bundle, in full, as they ask for. */
async function licenses(inputs: Metafile['inputs']): Promise<string> {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  )
  const entries = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = await fs.readJson(path.join(root, folder, 'package.json'))
    const texts = await glob('{LICENSE,LICENCE,COPYING,NOTICE}*', {
      cwd: path.join(root, folder),
      absolute: true,
      caseSensitiveMatch: false,
    })
    const said = await Promise.all(texts.sort().map((file) => fs.readFile(file, 'utf8')))
    if (said.length === 0 && license === 'Apache-2.0') said.push("Its text is that of Onset's own LICENSE.")
    if (said.length === 0) throw new Error(`${folder} holds no licence text, so it must not be published`)
    return `${name} ${version} (${license})\n\n${said.join('\n').trim()}\n`
  })
  const rule = `\n${'-'.repeat(80)}\n\n`
  return `Onset contains these libraries.\n${rule}${(await Promise.all(entries)).join(rule)}`
}
