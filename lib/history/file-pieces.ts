import { open } from 'node:fs/promises'

/** So much is asked of the operating system at a time: enough that asking costs next to nothing. */
const pieceBytes = 1 << 20

/** The bytes of a file. */
export interface FilePieces extends AsyncIterable<Uint8Array<ArrayBuffer>> {
  /** How many they are in all, as far as that is known: from the first piece on, and of pipes not at all. */
  readonly sizeBytes: number | undefined
}

/** Which bytes of a file are asked for: those from `fromByte` up to just before `toByte`, or to its end. */
export interface ByteRange {
  fromByte: number
  toByte?: number
}

/**
 * The bytes of a file from first to last, in large pieces, the next of which is read while one is used.
 * A piece is good until the next one is asked for: its memory is used again. Works for pipes as well.
 * Rejects as opening and reading do, for instance with `ENOENT`. They can be gone through once.
 * @param range which of them, where it is not all; not for pipes.
 */
export function filePieces(path: string, range?: ByteRange): FilePieces {
  let sizeBytes: number | undefined
  const pieces = piecesOf(path, range, (bytes) => {
    sizeBytes = bytes
  })
  return {
    get sizeBytes() {
      return sizeBytes
    },
    [Symbol.asyncIterator]: () => pieces,
  }
}

async function* piecesOf(
  path: string,
  range: ByteRange | undefined,
  onSize: (bytes: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const file = await open(path, 'r')
  let ahead: Promise<{ bytesRead: number; buffer: Uint8Array<ArrayBuffer> }> | undefined
  try {
    const found = await file.stat()
    if (found.isFile()) onSize(found.size)
    let nextByte = range?.fromByte ?? 0
    const toByte = range?.toByte ?? Number.POSITIVE_INFINITY
    const readInto = (buffer: Uint8Array<ArrayBuffer>) =>
      file.read(buffer, 0, Math.min(pieceBytes, toByte - nextByte), range ? nextByte : null)
    let spare = new Uint8Array(pieceBytes)
    ahead = readInto(new Uint8Array(pieceBytes))
    for (;;) {
      const { bytesRead, buffer } = await ahead
      ahead = undefined
      if (bytesRead === 0) return
      nextByte += bytesRead
      ahead = readInto(spare)
      // Whoever stops early never awaits it, and then nobody is interested in why it failed.
      ahead.catch(() => {})
      yield buffer.subarray(0, bytesRead)
      spare = buffer
    }
  } finally {
    await ahead?.catch(() => {})
    await file.close()
  }
}
