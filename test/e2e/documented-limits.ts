import { expect } from 'vitest'
import { parseResult } from '../../lib/result/index.ts'
import { onset } from '../cli/onset.ts'

/** The scopes of the documented limits, in the order of the spec. */
export const scopes = ['integration', 'organization', 'apiKey'] as const

/** One way in which the embedded target is made to differ, and the scopes that must fail for it. */
export interface Broken {
  name: string
  args: string[]
  fails: readonly string[]
  /** What must be said to have been seen instead, for each scope that fails. */
  seen: RegExp
}

const off = (scope: string, limit: number): Broken => ({
  name: `${scope} ${limit}`,
  args: ['--embedded-limits', `${scope}=${limit}`],
  fails: [scope],
  seen: new RegExp(`consistent with ${limit} in`),
})

/** Every documented limit a little off, one at a time, and windows a tenth off. */
export function brokenLimits(windowMs: number): Broken[] {
  const window = (factor: number): Broken => ({
    name: `windows of ${windowMs * factor} ms instead of ${windowMs} ms`,
    args: ['--embedded-window', `${windowMs * factor}ms`],
    fails: scopes,
    seen: /consistent with \d+ in /,
  })
  return [
    off('integration', 299),
    off('integration', 301),
    off('organization', 499),
    off('organization', 501),
    off('organization', 750),
    off('apiKey', 301),
    window(0.9),
    window(1.1),
  ]
}

/** Runs the real command with the real k6 against the embedded target, the documented limits in short windows. */
export async function verifyDocumented(cwd: string, windowMs: number, args: readonly string[]) {
  const { code, stdout, stderr } = await onset(
    ['verify', '--window', `${windowMs}ms`, '--json', '--out', `run-${crypto.randomUUID()}`, ...args],
    { cwd },
  )
  const parsed = parseResult(stdout, 'standard output')
  if (!parsed.ok) throw new Error(`exit ${code}, no result:\n${stdout}\n${stderr}`)
  return { code, result: parsed.result }
}

/** Asserts that exactly what is broken fails. What a stalled machine leaves open may stay inconclusive. */
export async function expectBroken(
  cwd: string,
  windowMs: number,
  broken: Broken,
  args: readonly string[] = [],
) {
  const { code, result } = await verifyDocumented(cwd, windowMs, [...broken.args, ...args])
  const failed = result.limits.filter(({ verdict }) => verdict === 'fail')
  expect(failed.map(({ scope }) => scope)).toEqual(broken.fails)
  expect(code).toBe(1)
  for (const limit of failed) {
    expect(limit.certificate?.records.length).toBeGreaterThan(0)
    if (broken.fails.length === 1) expect(limit.explanation).toMatch(broken.seen)
  }
}
