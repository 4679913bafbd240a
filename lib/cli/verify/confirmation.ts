import { createInterface } from 'node:readline/promises'
import { ExitCode } from '../../result/index.ts'
import { Failure } from '../failure.ts'

/** Is there somebody at a terminal who can be asked? */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/**
 * Tells a person at a terminal something, and asks whether to go on.
 * @param otherwise what is told where the answer is not yes.
 * @throws {Failure} where the answer is not yes, or Ctrl-C.
 */
export async function askYes(
  lines: readonly string[],
  signal: AbortSignal,
  otherwise = 'Nothing was sent.',
): Promise<void> {
  const { stdin, stderr } = process
  stderr.write(`${lines.join('\n')}\n`)
  const reader = createInterface({ input: stdin, output: stderr })
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await reader.question('Type yes to go on: ', { signal })
    if (answer.trim().toLowerCase() !== 'yes') throw new Failure(ExitCode.mistake, [otherwise])
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Failure(ExitCode.interrupted, [otherwise])
  } finally {
    reader.close()
  }
}

/** Asks a person at a terminal a question that a no answers as well; being interrupted is a no. */
export async function askWhether(question: string, signal: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return (await reader.question(question, { signal })).trim().toLowerCase() === 'yes'
  } catch (error) {
    if (!signal.aborted) throw error
    return false
  } finally {
    reader.close()
  }
}
