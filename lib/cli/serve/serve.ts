import { once } from 'node:events'
import type { Command as Declared } from 'commander'
import { ExitCode } from '../../result/index.ts'
import { algorithms, documentedOncallLimits, durationMs } from '../../spec/index.ts'
import {
  embeddedKey,
  limitedScopes,
  parseTargetConfig,
  type RunningTarget,
  startTarget,
} from '../../target/index.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { exampleText } from '../options/command-line.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import { print } from '../output.ts'
import {
  enforcing,
  type LimitOverrides,
  type PerScope,
  readAlgorithm,
  readEmbeddedConfig,
  readPerScope,
  readWindow,
} from './embedded-config.ts'

/** `onset serve`: the embedded target by itself, until it is stopped. */
export const serveCommand: Command = { name: 'serve', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Run the embedded target by itself, in the foreground: OnCall’s API with the documented limits.',
    )
    .option('-p, --port <n>', 'listen on this port of 127.0.0.1; 0 takes any free one', '0')
    .option(
      '--limit <scope=n/window>',
      'what one scope is limited to; may be given several times',
      collect,
      [],
    )
    .option('--window <duration>', 'the window of all limits, or of some: integration=10s,apiKey=1m')
    .option('--algorithm <name>', `how limits are enforced: ${algorithms.join(', ')}`)
    .option('--config <file>', 'a whole configuration, as JSON; options go before it')
    .option('--json', 'say where it listens as JSON')
    .addHelpText(
      'after',
      exampleText([
        [
          '20 alerts in 10 seconds for each integration',
          'onset serve --port 8080 --limit integration=20/10s',
        ],
      ]),
    )
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

async function run({ options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const port = reader.number('--port', options.port, { least: 0, most: 65_535, whole: true }) ?? 0
  const named = readLimits(reader, options.limit as string[])
  const overrides: LimitOverrides = {
    limit: named.limit,
    windowMs: { ...readPerScope(reader, '--window', options.window, readWindow(reader)), ...named.windowMs },
    algorithm: readPerScope(reader, '--algorithm', options.algorithm, readAlgorithm(reader)),
  }
  const file = options.config as string | undefined
  const input = await readEmbeddedConfig(
    reader,
    '--config',
    file,
    enforcing(documentedOncallLimits),
    overrides,
  )
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  const parsed = parseTargetConfig(input)
  if (!parsed.valid) throw new Failure(ExitCode.mistake, parsed.mistakes)

  const target = await start(() => startTarget(parsed.config, port), port)
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')])
  const apiKey = parsed.config.keys[0]?.key ?? embeddedKey
  print(
    options.json === true ? `${JSON.stringify({ url: target.url, apiKey })}\n` : howToUse(target.url, apiKey),
  )
  await stopped
  await target.close()
  return ExitCode.pass
}

function readLimits(reader: OptionReader, texts: readonly string[]) {
  const limit: PerScope<number> = {}
  const windowMs: PerScope<number> = {}
  for (const text of texts) {
    const [, scope, count, window = ''] = /^(\w+)=(\d+)(?:\/(\S+))?$/.exec(text) ?? []
    const named = limitedScopes.find((each) => each === scope)
    const ms = durationMs(window)
    if (named === undefined || (window !== '' && ms === undefined)) {
      reader.mistake(
        '--limit',
        `SCOPE=N/WINDOW, a scope being one of ${limitedScopes.join(', ')}`,
        text,
        'write integration=300/5m',
      )
      continue
    }
    limit[named] = Number(count)
    if (ms !== undefined) windowMs[named] = ms
  }
  return { limit, windowMs }
}

async function start(listen: () => Promise<RunningTarget>, port: number): Promise<RunningTarget> {
  try {
    return await listen()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const why =
      code === 'EADDRINUSE' ? 'another process uses it; choose another, or 0 for any free one' : message
    throw new Failure(ExitCode.notCarriedOut, [`Cannot listen on port ${port} of 127.0.0.1: ${why}.`])
  }
}

function howToUse(url: string, apiKey: string): string {
  return `Listening on ${url}
API key: ${apiKey}

Make an integration; the "link" in the answer is where its alerts go:
  curl -X POST ${url}/api/v1/integrations/ \\
    -H 'Authorization: ${apiKey}' -H 'Content-Type: application/json' \\
    -d '{"type":"formatted_webhook","name":"try"}'

Verify its limits:
  ONCALL_API_KEY=${apiKey} onset verify SPEC    # target: {url: ${url}, apiKey: \${ONCALL_API_KEY}}

Ctrl-C stops it.
`
}
