import type { FailureContext } from './failure-message.ts'
import type { LimitUnderTest } from './promised-limit.ts'
import type { VerificationFailed } from './verification.ts'

/**
 * A failure as the inside of a test. Where the calls one after another show it, they are the test, and
 * nothing of Onset is needed; otherwise it is the traffic, with the seed of the limiter's random numbers.
 */
export function pastableTest(
  failure: Omit<VerificationFailed, 'message'>,
  context: Pick<FailureContext, 'given' | 'limiterSeed' | 'sequential'>,
): string {
  return (context.sequential ? callByCall(failure) : replayed(failure, context)).join('\n')
}

function callByCall({ calls, expected }: Omit<VerificationFailed, 'message'>): string[] {
  const startMs = calls[0]?.nowMs ?? 0
  const lines = calls.map(({ key, cost, nowMs, allowed }, index) => {
    const differs = allowed === expected[index] ? '' : ` // call ${index + 1} was answered ${allowed}`
    return `    [${nowMs - startMs}, ${quoted(key)}, ${cost}, ${expected[index]}],${differs}`
  })
  return [
    "  // import assert from 'node:assert/strict'",
    `  const startMs = ${startMs}`,
    '  let nowMs = startMs',
    '  const decide = create({ clock: { nowMs: () => nowMs, sleep: async () => {} }, random: Math.random })',
    '  // milliseconds after the first call, key, cost, expected answer',
    '  const calls = [',
    ...lines,
    '  ]',
    '  for (const [index, [afterMs, key, cost, expected]] of calls.entries()) {',
    '    nowMs = startMs + afterMs',
    '    assert.equal(await decide(key, cost, nowMs), expected, `call ${index + 1}`)',
    '  }',
  ]
}

function replayed(
  { traffic }: Omit<VerificationFailed, 'message'>,
  { given, limiterSeed }: Pick<FailureContext, 'given' | 'limiterSeed'>,
): string[] {
  const requests = traffic.map(({ sentMs, key, cost, thereMs = 0, backMs = 0 }) => {
    const latency = thereMs === 0 && backMs === 0 ? '' : `, thereMs: ${thereMs}, backMs: ${backMs}`
    return `    { sentMs: ${sentMs}, key: ${quoted(key)}, cost: ${cost}${latency} },`
  })
  return [
    "  // import { assertLimiter } from 'onset/limiter'",
    '  const traffic = [',
    ...requests,
    '  ]',
    `  const limits = [${given.map(asCode).join(', ')}]`,
    `  await assertLimiter(create, limits, { traffic, seed: ${limiterSeed} })`,
  ]
}

/** A limit as it was handed over. */
function asCode(limit: LimitUnderTest): string {
  const fields = Object.entries(limit)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${valueAsCode(value)}`)
  return `{ ${fields.join(', ')} }`
}

function valueAsCode(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(valueAsCode).join(', ')}]`
  return String(value)
}

/** A text as JavaScript writes it. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
