import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { parseTargetConfig, type TargetConfig } from './config.ts'
import { type RunningTarget, startTarget } from './server.ts'

/** The environment variable that may hold the configuration, as JSON. */
export const configVariable = 'ONSET_TARGET_CONFIG'

const usage = `usage: target [--port N] [--config FILE] [--until-stdin-closes]
  --port N              listen on 127.0.0.1:N; 0, the default, takes any free port
  --config FILE         JSON; - reads standard input; default: $${configVariable}, or else the defaults
  --until-stdin-closes  end when standard input closes, so that no process outlives its parent`

interface Arguments {
  port: number
  configFile?: string
  untilStdinCloses: boolean
}

/** What stops the target before it listens, in words for the person who started it. */
class StartProblem extends Error {
  readonly exitCode: number
  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

function readArguments(args: string[]): Arguments {
  let values: { port: string; config?: string; 'until-stdin-closes': boolean }
  try {
    values = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '0' },
        config: { type: 'string' },
        'until-stdin-closes': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new StartProblem(2, `${(error as Error).message}\n${usage}`)
  }
  const { port, config, 'until-stdin-closes': untilStdinCloses } = values
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new StartProblem(2, `--port: expected a number from 0 to 65535, got "${port}"`)
  if (config === '-' && untilStdinCloses)
    throw new StartProblem(
      2,
      '--config - reads standard input to its end, so --until-stdin-closes cannot be used with it',
    )
  return { port: Number(port), configFile: config, untilStdinCloses }
}

async function configText(configFile: string | undefined): Promise<{ source: string; json: string }> {
  if (configFile === undefined)
    return { source: `$${configVariable}`, json: process.env[configVariable] ?? '{}' }
  if (configFile === '-') return { source: 'standard input', json: await text(process.stdin) }
  try {
    return { source: configFile, json: await readFile(configFile, 'utf8') }
  } catch (error) {
    throw new StartProblem(2, `--config: ${(error as Error).message}`)
  }
}

async function readConfig(configFile: string | undefined): Promise<TargetConfig> {
  const { source, json } = await configText(configFile)
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new StartProblem(2, `${source}: expected JSON: ${(error as Error).message}`)
  }
  const parsed = parseTargetConfig(value)
  if (parsed.valid) return parsed.config
  throw new StartProblem(2, parsed.mistakes.map((mistake) => `${source}: ${mistake}`).join('\n'))
}

async function start(config: TargetConfig, port: number): Promise<RunningTarget> {
  try {
    return await startTarget(config, port)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new StartProblem(
      4,
      code === 'EADDRINUSE'
        ? `port ${port} of 127.0.0.1 is in use by another process: choose another with --port, or 0 for any free one`
        : `cannot listen on port ${port} of 127.0.0.1: ${message}`,
    )
  }
}

function ending(untilStdinCloses: boolean): Promise<unknown> {
  const ends: Promise<unknown>[] = [once(process, 'SIGTERM'), once(process, 'SIGINT')]
  if (untilStdinCloses) ends.push(new Promise((closed) => process.stdin.on('close', closed).resume()))
  return Promise.race(ends)
}

/**
 * Runs the target as a process: prints `{"listening":"http://127.0.0.1:PORT"}` on standard output once it
 * can be asked, and ends on SIGTERM, SIGINT or, if wanted, when standard input closes.
 * @returns the exit code: 0, 2 for a mistake in the arguments or the configuration, 4 where it cannot listen
 */
export async function runTarget(args: string[]): Promise<number> {
  try {
    const { port, configFile, untilStdinCloses } = readArguments(args)
    const target = await start(await readConfig(configFile), port)
    const ended = ending(untilStdinCloses)
    process.stdout.write(`${JSON.stringify({ listening: target.url })}\n`)
    await ended
    await target.close()
    if (untilStdinCloses) process.stdin.destroy()
    return 0
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error
    process.stderr.write(`${error.message}\n`)
    return error.exitCode
  }
}
