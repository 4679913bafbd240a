import type { CreateLimiter } from './decide.ts'
import type { LimitUnderTest } from './promised-limit.ts'
import type { VerificationFailed, VerificationPassed, VerifyOptions } from './verification.ts'
import { verifyLimiter } from './verify-limiter.ts'

/** A limiter does not keep to its limit. The message says how; `result` holds it for programs. */
export class LimiterError extends Error {
  override readonly name = 'LimiterError'
  readonly result: VerificationFailed

  constructor(result: VerificationFailed) {
    super(result.message)
    this.result = result
  }
}

/**
 * As {@link verifyLimiter}, for tests: resolves with the result where no history fails, and rejects with a
 * {@link LimiterError} where one does. It is of no use unless it is awaited.
 */
export async function assertLimiter(
  create: CreateLimiter,
  limits: LimitUnderTest | readonly LimitUnderTest[],
  options: VerifyOptions = {},
): Promise<VerificationPassed> {
  const result = await verifyLimiter(create, limits, options)
  if (!result.ok) throw new LimiterError(result)
  return result
}
