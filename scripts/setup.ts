#!/usr/bin/env node
// Makes a machine ready for Onset's tests: gets k6, which the first time may take minutes, and Chromium,
// in which the tests look at HTML reports.
import { chalk, echo, fs, path } from 'zx'
import { describeK6Event, findK6, type K6Event, packageRoot } from '../lib/fire/k6/index.ts'
import { installChromium } from './chromium/install.ts'

const root = packageRoot(import.meta.url)
const { engines } = await fs.readJson(path.join(root, 'package.json'))
echo(chalk.dim(`Node ${process.versions.node} (${engines.node} is needed)`))

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort(new Error(`ended by ${signal}`)))
}

try {
  const k6 = await findK6({ signal: interruption.signal, onEvent: progressPrinter(process.stderr) })
  if (k6.found) {
    echo(`k6 v${k6.version} is ready (${k6.source}): ${k6.path}`)
  } else {
    console.error(k6.message)
    process.exitCode = 4
  }
} catch (error) {
  if (!interruption.signal.aborted) throw error
  console.error('Interrupted; nothing half done was left behind.')
  process.exitCode = 130
}

const chromium = await installChromium()
if ('path' in chromium) {
  echo(`Chromium is ready: ${chromium.path}`)
} else {
  console.error(chromium.why)
  process.exitCode ??= 4
}

/** Shows steps as they pass on one line of a terminal, and elsewhere as a line every ten seconds. */
function progressPrinter(out: NodeJS.WriteStream): (event: K6Event) => void {
  const quietMs = 10_000
  let shown = { kind: '', at: 0 }
  let open = false
  return (event) => {
    const lasting = event.kind !== 'started' && event.kind !== 'skipped'
    if (lasting && out.isTTY) {
      out.write(`\r\x1b[2K${describeK6Event(event).slice(0, out.columns - 1)}`)
      open = true
      return
    }
    if (lasting && event.kind === shown.kind && Date.now() - shown.at < quietMs) return
    shown = { kind: event.kind, at: Date.now() }
    out.write(`${open ? '\r\x1b[2K' : ''}${describeK6Event(event)}\n`)
    open = false
  }
}
