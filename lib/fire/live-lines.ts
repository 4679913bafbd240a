import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { promisify } from 'node:util'
import { createLineCutter } from './raw-line.ts'

/** A path that another process writes lines to, and that is read while it does. */
export interface LiveLines {
  /** To be opened for writing by the other process. */
  path: string
  /**
   * To be called when the writer has ended: hands over every line that it wrote, the last one too
   * where it lacks its line break. Nothing is read afterwards.
   */
  end(): void
}

/**
 * Lines are fetched so often. Being woken for each line would take more of the machine than all the
 * rest of reading; a pipe holds 64 KiB, which at 4,000 requests a second is a quarter of a second.
 */
const lookEveryMs = 20

/**
 * Opens a live line in a folder: a FIFO, or, where there are none, a regular file that is tailed.
 * A FIFO has one more merit: when this process dies, the writer's next line fails, and k6 then dies
 * of it before it sends another request.
 */
export async function openLiveLines(
  folder: string,
  onLine: (line: string) => void,
  kind: 'fifo' | 'file' | 'best' = 'best',
): Promise<LiveLines> {
  const path = join(folder, 'live')
  if (kind === 'fifo' || (kind === 'best' && process.platform !== 'win32')) {
    try {
      await promisify(execFile)('mkfifo', ['-m', '600', path])
      // For reading and writing, so that opening waits for nobody; never blocking, so that reading does not.
      return follow(path, openSync(path, constants.O_RDWR | constants.O_NONBLOCK), onLine)
    } catch (error) {
      // No such command, or a file system without FIFOs: a tailed file does as well.
      if (kind === 'fifo') throw error
    }
  }
  closeSync(openSync(path, 'wx', 0o600))
  return follow(path, openSync(path, 'r'), onLine)
}

function follow(path: string, fd: number, onLine: (line: string) => void): LiveLines {
  const buffer = Buffer.alloc(1 << 16)
  const decoder = new StringDecoder('utf8')
  const cut = createLineCutter(onLine)
  const look = () => {
    for (let size = readNow(fd, buffer); size > 0; size = readNow(fd, buffer)) {
      cut(decoder.write(buffer.subarray(0, size)))
    }
  }
  const timer = setInterval(look, lookEveryMs)
  return {
    path,
    end() {
      clearInterval(timer)
      look()
      cut('\n')
      closeSync(fd)
    },
  }
}

/** What can be read without waiting: 0 at the end of a file, and of what a pipe holds at the moment. */
function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}
