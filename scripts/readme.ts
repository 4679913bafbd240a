#!/usr/bin/env node
// Writes what commands print into README.md anew, after a change to the reports: for each block of text
// that follows the block of a command, and for the run that begins with PASS. Where the README leaves
// the end out ([…]), it still does.
import { execFileSync } from 'node:child_process'
import { fs, path } from 'zx'
import { packageRoot } from '../lib/fire/k6/index.ts'

const root = packageRoot(import.meta.url)
const file = path.join(root, 'README.md')
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

function anew(shown: string, output: string): string {
  if (!shown.endsWith(leftOut)) return output
  return `${output.slice(0, output.indexOf('\nLATENCY')).trimEnd()}\n${leftOut}`
}

const output = printed('verify')
const passed = output.startsWith('PASS')
if (!passed)
  console.error('The run did not pass, and the README keeps the one that it has: is the machine busy?')

const checks = /^(```sh\nnpm run check -- ([^\n]*)\n```\n\n```text\n)(.*?)^```$/gms
const run = /^(```text\n)PASS .*?^```$/gms
const old: string = await fs.readFile(file, 'utf8')
const readme = old.replace(
  checks,
  (_, before: string, args: string, text: string) =>
    `${before}${anew(text, printed('check', ...args.split(' ')))}\`\`\``,
)
await fs.writeFile(file, passed ? readme.replace(run, `$1${output.replaceAll('$', '$$$$')}\`\`\``) : readme)
process.exitCode = passed ? 0 : 1
