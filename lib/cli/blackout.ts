import { createInterface } from 'node:readline/promises'
import { visible, windowText } from '../../reports/terminal/index.ts'
import { ExitCode } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'
import { Failure } from './failure.ts'

const consequences: Record<string, (limit: number, window: string) => string> = {
  integration: (limit) => `up to ${limit} alerts at a time use up the organization's limit`,
  organization: (_, window) => `alerts of the whole organization are refused, for up to ${window} at a time`,
  apiKey: (_, window) => `API requests of whoever shares the key are refused, for up to ${window} at a time`,
}

/**
 * What filling the limits of a target does to others that depend on it, a line each; empty where
 * nobody does: for the embedded target, and where the organization is dedicated.
 */
export function blackoutOf({ target, limits }: Spec): string[] {
  if (!target || target.dedicated) return []
  return limits.flatMap(({ scope, limit, window }) => {
    const until = windowText(window / 1000)
    if (target.kind === 'http')
      return [
        `requests of whoever shares a value of "${visible(scope)}" with a caller are refused, for up to ${until} at a time`,
      ]
    const consequence = consequences[scope]?.(limit, until)
    return consequence === undefined ? [] : [consequence]
  })
}

/**
 * Makes sure that whoever runs this knows what it does to others: asks on a terminal.
 * @throws {Failure} where it was not accepted.
 */
export async function acceptBlackout(spec: Spec, accepted: boolean, signal: AbortSignal): Promise<void> {
  const blackout = blackoutOf(spec)
  if (blackout.length === 0 || accepted) return
  const lines = [
    `This run fills limits of ${spec.target?.url}, and its spec does not say that nobody else depends on it. While it lasts:`,
    ...blackout.map((line) => `  - ${line}`),
  ]
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) {
    const advice =
      'Write "dedicated: true" under target if nobody else depends on it, or accept this with --accept-blackout.'
    throw new Failure(ExitCode.mistake, [...lines, advice])
  }
  stderr.write(`${lines.join('\n')}\n`)
  const reader = createInterface({ input: stdin, output: stderr })
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await reader.question('Type yes to go on: ', { signal })
    if (answer.trim().toLowerCase() !== 'yes') throw new Failure(ExitCode.mistake, ['Nothing was sent.'])
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Failure(ExitCode.interrupted, ['Nothing was sent.'])
  } finally {
    reader.close()
  }
}
