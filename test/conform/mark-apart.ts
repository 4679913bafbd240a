import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { QuestionId } from '../../lib/conform/index.ts'
import type { Marked } from './ask-stand-in.ts'
import type { Switch } from './switches.ts'

/** What a thread is told to ask. */
export interface ToMark {
  platform: Switch
  asked: readonly QuestionId[] | undefined
}

/**
 * The same as `markSwitch`, in a thread of its own: judging one platform delays no request to another, which
 * would leave questions open that one platform alone answers.
 */
export async function markApart(platform: Switch, asked?: readonly QuestionId[]): Promise<Marked[]> {
  const workerData: ToMark = { platform, asked }
  const worker = new Worker(new URL('./mark-worker.ts', import.meta.url), { workerData })
  const [marked] = await once(worker, 'message')
  return marked as Marked[]
}
