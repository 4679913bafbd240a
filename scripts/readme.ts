#!/usr/bin/env node
// Writes what commands print into README.md and some of docs/ anew, after a change to the reports: for
// each block of text that follows the block of a command, and for the README's run that begins with PASS.
// What a page leaves out ([…]), it still does, as long as the lines before and after it are still printed.
import { execFileSync } from 'node:child_process'
import { fs, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'

const root = packageRoot(import.meta.url)
const leftOut = '[…]\n'

/** What a command prints, whatever its exit code. */
function printed(command: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, ['lib/cli/main.ts', command, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

/**
 * The same excerpt of what a command prints now: each piece between left-out parts ([…]) from its first
 * line to its last. `undefined` where such a line is no longer printed.
 */
function anew(shown: string, output: string): string | undefined {
  let at = 0
  const pieces = shown.split(leftOut).map((piece, k, all) => {
    const lines = piece.trimEnd().split('\n')
    if (piece === '') return ''
    const from = output.indexOf(`${lines[0]}\n`, at)
    const last = `${lines.at(-1)}\n`
    const end = k === all.length - 1 ? output.length : output.indexOf(last, from)
    if (from < 0 || end < 0) return undefined
    at = k === all.length - 1 ? end : end + last.length
    return output.slice(from, at) + piece.slice(piece.trimEnd().length + 1)
  })
  return pieces.includes(undefined) ? undefined : pieces.join(leftOut)
}

const shown = /^(```sh\nnpm run (check|tune) -- ([^\n]*)\n```\n\n```text\n)(.*?)^```$/gms

/** A page with what its commands print now. */
async function renewed(name: string): Promise<string> {
  const old = await fs.readFile(path.join(root, name), 'utf8')
  return old.replace(shown, (whole: string, before: string, command: string, args: string, text: string) => {
    const now = anew(text, printed(command, ...args.split(' ')))
    if (now !== undefined) return `${before}${now}\`\`\``
    console.error(
      `${name} keeps what it shows of "${command} ${args}": not all of its lines are printed now.`,
    )
    process.exitCode = 1
    return whole
  })
}

const output = printed('verify')
const passed = output.startsWith('PASS')
if (!passed) {
  console.error('The run did not pass, and the README keeps the one that it has: is the machine busy?')
  process.exitCode = 1
}
const run = /^(```text\n)PASS .*?^```$/gms
const readme = await renewed('README.md')
await fs.writeFile(
  path.join(root, 'README.md'),
  passed ? readme.replace(run, `$1${output.replaceAll('$', '$$$$')}\`\`\``) : readme,
)
for (const page of ['docs/checking.md', 'docs/tuning.md']) {
  await fs.writeFile(path.join(root, page), await renewed(page))
}
