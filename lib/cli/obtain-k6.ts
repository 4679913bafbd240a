import { type FoundK6, findK6, type K6Event } from '../fire/k6/index.ts'
import { ExitCode } from '../result/index.ts'
import { Failure } from './failure.ts'

/**
 * Finds k6, or gets it the first time.
 * @throws {Failure} with all that was tried and what helps; or when it was interrupted.
 */
export async function obtainK6(onEvent: (event: K6Event) => void, stop: AbortSignal): Promise<FoundK6> {
  const k6 = await findK6({ signal: stop, onEvent }).catch((error: unknown) => {
    if (!stop.aborted) throw error
    throw new Failure(ExitCode.interrupted, ['Interrupted; nothing was sent.'])
  })
  if (k6.found) return k6
  throw new Failure(ExitCode.notCarriedOut, k6.message.split('\n'))
}
