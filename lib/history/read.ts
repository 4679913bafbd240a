import type { OutcomeRule } from '../spec/index.ts'
import { createHistoryReader, type ReadHistoryOptions, type ReadHistoryResult } from './reader.ts'

/** Bytes given whole are read in pieces of this length, so that their text is never whole in memory. */
const pieceBytes = 1 << 18

/**
 * Reads a history (NDJSON, version 1) from a stream, such as that of a file.
 * Bad content gives mistakes, all of them at once; only the stream itself can make this reject. A
 * piece is done with when the next one is asked for, so that its memory may be used again.
 * @param rule which statuses mean accepted and which limited; where it is left out, the header's
 * rule decides, or else the default (2xx and 429).
 */
export async function readHistory(
  source: AsyncIterable<Uint8Array> | Uint8Array,
  rule?: OutcomeRule,
  options?: ReadHistoryOptions,
): Promise<ReadHistoryResult> {
  if (source instanceof Uint8Array) return readHistoryBytes(source, rule, options)
  const reader = createHistoryReader(rule, options)
  for await (const chunk of source) reader.push(chunk)
  return reader.finish()
}

/** Like `readHistory`, for a history that is in memory already. Never throws. */
export function readHistoryBytes(
  bytes: Uint8Array | string,
  rule?: OutcomeRule,
  options?: ReadHistoryOptions,
): ReadHistoryResult {
  const reader = createHistoryReader(rule, options)
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  for (let from = 0; from < whole.length; from += pieceBytes) {
    reader.push(whole.subarray(from, from + pieceBytes))
  }
  return reader.finish()
}
