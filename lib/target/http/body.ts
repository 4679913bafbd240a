import type { IncomingMessage } from 'node:http'

/** A body as text, or the fact that it is longer than allowed. */
export type Body = { text: string } | { tooLong: true }

/**
 * Reads a request to its end and hands over its body once; a body beyond `maxBytes` at once, without
 * reading on. A request that breaks off is never handed over: nobody is there to be answered.
 */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Body) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  function take(chunk: Buffer): void {
    bytes += chunk.length
    if (bytes <= maxBytes) {
      chunks.push(chunk)
      return
    }
    request.off('data', take).off('end', finish).resume()
    done({ tooLong: true })
  }
  function finish(): void {
    const [first] = chunks
    done({ text: chunks.length === 1 && first ? first.toString() : Buffer.concat(chunks).toString() })
  }
  request.on('data', take).on('end', finish)
}

/** JSON, or the reason why it is none. An empty text is `undefined`. */
export type ParsedJson = { valid: true; value: unknown } | { valid: false; why: string }

/** Parses a body; the reason of a failure is fit to be told to the client. */
export function parseJson(text: string): ParsedJson {
  if (text === '') return { valid: true, value: undefined }
  try {
    return { valid: true, value: JSON.parse(text) }
  } catch (error) {
    return { valid: false, why: `JSON parse error: ${(error as Error).message}` }
  }
}
