import { setTimeout } from 'node:timers/promises'
import type { Call } from './api.ts'

/** How to wait while the key has reached its own limit, as it has after a run. */
export interface Patience {
  /** How long at the most, over all requests; 0 gives up at once. */
  waitMs: number
  /** Called before each wait. */
  onWait?: (waitMs: number) => void
  signal?: AbortSignal
}

/** How long to wait where a refusal does not say. */
const defaultWaitMs = 5_000

/**
 * The same requests, sent again while the key's limit refuses them: after as long as the refusal says,
 * and while the patience lasts, which begins now and is for all requests together.
 */
export function patient(call: Call, { waitMs, onWait, signal }: Patience): Call {
  const untilMs = performance.now() + waitMs
  return async (...request) => {
    for (;;) {
      const result = await call(...request)
      if (result.ok || result.problem.kind !== 'limited') return result
      const pauseMs = result.problem.retryAfterMs ?? defaultWaitMs
      if (performance.now() + pauseMs > untilMs || !(await pause(pauseMs, onWait, signal))) return result
    }
  }
}

/** Waits; `false` when it was cut short. */
export async function pause(
  waitMs: number,
  onWait: ((waitMs: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  onWait?.(waitMs)
  try {
    await setTimeout(waitMs, undefined, { signal })
    return true
  } catch (error) {
    if (signal?.aborted) return false
    throw error
  }
}
