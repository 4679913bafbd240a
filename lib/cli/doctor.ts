import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command as Declared } from 'commander'
import { createStyle, listItem, type View, visible } from '../../reports/terminal/index.ts'
import { lookForK6, pinnedK6Version, waysToK6 } from '../fire/k6/index.ts'
import { createOncall } from '../oncall/index.ts'
import { ExitCode, exitCode } from '../result/index.ts'
import type { Target } from '../spec/index.ts'
import { aboutOnset } from './about.ts'
import type { Asked, Command } from './command.ts'
import { Failure } from './failure.ts'
import type { Finding } from './finding.ts'
import { exampleText } from './options/command-line.ts'
import { print, viewOf } from './output.ts'
import { readSpecFile } from './spec-file.ts'
import { prepareConnections } from './verify/connections.ts'
import { preflightFindings } from './verify/preflight.ts'
import { readVerification } from './verify/verification.ts'

/** `onset doctor`: is everything here that a run needs? */
export const doctorCommand: Command = { name: 'doctor', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Say whether everything is here that a run needs: Node, k6, a folder; with a SPEC also the target and the key.',
    )
    .argument('[spec]', 'a spec; one request is sent to its target')
    .option('--target <spec>', 'look at all that a run of this spec would use, and change nothing')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['does the target answer, and does it know the key?', 'onset doctor onset.yaml'],
        ['would anybody be woken by a run?', 'onset doctor --target onset.yaml'],
      ]),
    )
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  // First, since mistakes in the spec end the command.
  const ofTarget = await targetFindings(operands[0], options.target as string | undefined, mistakes)
  const findings = [checkNode(), await checkK6(), ...(await checkFolder()), ...ofTarget]
  const ok = findings.every((finding) => finding.ok)
  if (options.json === true) print(`${JSON.stringify({ ok, findings }, undefined, 2)}\n`)
  else print(findings.map((finding) => findingText(finding, viewOf(process.stdout))).join(''))
  if (findings.some(({ mistake }) => mistake)) return ExitCode.mistake
  return exitCode({ notCarriedOut: !ok, verdict: 'pass' })
}

/** What there is to say about a target: by one request, or by all that a run would look at first. */
async function targetFindings(
  path: string | undefined,
  whole: string | undefined,
  mistakes: readonly string[],
): Promise<Finding[]> {
  if (whole !== undefined) {
    const twice = path === undefined ? [] : [`onset doctor takes ${path}, or --target ${whole}: not both`]
    const asked = { operands: [whole], options: {}, mistakes: [...mistakes, ...twice] }
    return preflightFindings(await readVerification(asked))
  }
  const spec = path === undefined ? undefined : await readSpecFile(path, false)
  const wrong = [...mistakes, ...(spec && !spec.ok ? spec.mistakes : [])]
  if (wrong.length > 0) throw new Failure(ExitCode.mistake, wrong)
  if (!spec?.ok || !spec.spec.target) return []
  await prepareConnections(spec.spec.target, path ?? '')
  return [await checkTarget(spec.spec.target)]
}

function findingText({ name, ok, found, advice }: Finding, view: View): string {
  const style = createStyle(view.color)
  const word = ok ? 'ok' : 'problem'
  const text = `${name}: ${visible(found)}${advice ? ` - ${advice}` : ''}`
  const [first = '', ...rest] = listItem(`${word.padEnd('problem'.length)}  `, text, view.width, 0)
  return `${[style.verdict(ok ? 'pass' : 'fail', word) + first.slice(word.length), ...rest].join('\n')}\n`
}

function checkNode(): Finding {
  const { nodeRange } = aboutOnset()
  const [major = 0, minor = 0] = nodeRange.replace(/^\D*/, '').split('.').map(Number)
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number)
  const ok = ownMajor > major || (ownMajor === major && ownMinor >= minor)
  return {
    name: 'Node',
    ok,
    found: process.version,
    ...(!ok && { advice: `Onset needs ${nodeRange}: install a newer one` }),
  }
}

async function checkK6(): Promise<Finding> {
  const look = await lookForK6()
  if (look.found) return { name: 'k6', ok: true, found: `v${look.version} at ${look.path}` }
  const ways = look.ways.filter(({ possible }) => possible).map(({ what }) => what)
  const tried = look.tried.map(({ source, why }) => `${source}: ${why}`).join('; ')
  if (look.settled || ways.length === 0) {
    return { name: 'k6', ok: false, found: tried, advice: `any one of these helps: ${waysToK6.join('; ')}` }
  }
  return {
    name: 'k6',
    ok: true,
    found: `none here yet; the first run gets v${pinnedK6Version}, by the first of these that works: ${ways.join(' ')}`,
  }
}

/** Runs are kept below the current folder, and k6 is read through a FIFO there where that is possible. */
async function checkFolder(): Promise<Finding[]> {
  const name = 'folder for runs'
  let folder: string
  try {
    folder = await mkdtemp(join(process.cwd(), '.onset-doctor-'))
  } catch (error) {
    const advice = 'go to a folder that you may write to, or name one with --out'
    return [{ name, ok: false, found: `nothing can be written here: ${(error as Error).message}`, advice }]
  }
  try {
    return [{ name, ok: true, found: join(process.cwd(), 'runs') }, await checkFifo(folder)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkFifo(folder: string): Promise<Finding> {
  const name = 'live records'
  const works = await promisify(execFile)('mkfifo', [join(folder, 'fifo')]).then(
    () => true,
    () => false,
  )
  return {
    name,
    ok: true,
    found: works ? 'through a FIFO' : 'through a file, since FIFOs cannot be made here',
  }
}

async function checkTarget({ kind, url, ingestUrl, stackUrl, apiKey }: Target): Promise<Finding> {
  if (kind !== 'oncall' || apiKey === undefined) {
    return {
      name: 'target',
      ok: true,
      found: `${url} is not asked: only kind oncall has a request that shows whether the key works`,
    }
  }
  const descriptor = 'K'
  const oncall = createOncall({ url, ingestUrl, stackUrl, apiKey, descriptor, onRequest: () => {} })
  const who = await oncall.preflight()
  if (!who.ok) return { name: 'target', ok: false, found: who.problem.sentence }
  const { username, role } = who.value
  return {
    name: 'target',
    ok: true,
    found: `${url} answers; the key belongs to ${username}${role ? ` (${role})` : ''}`,
  }
}
