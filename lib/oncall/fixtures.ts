import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { Call } from './api.ts'
import { failure, type OncallProblem, type Result } from './problem.ts'
import { routeSchema, silence } from './silence.ts'

/** An integration made for one run: alerts to it lead nowhere. */
export interface Fixture {
  /** The descriptor that stands for it in the history: A, B, … */
  descriptor: string
  integrationId: string
  routeId: string
  /** Where its alerts go. Holds the token, so it is a secret. */
  link: string
  /** The credential within the link. */
  token: string
  /** What about its silence cannot be ruled out, as sentences. */
  doubts: string[]
}

/** What could not be removed, and why. */
export interface Leftover {
  descriptor: string
  integrationId: string
  problem: OncallProblem
}

/** How to wait while the key has reached its own limit, as it has after a run. */
export interface Patience {
  /** How long at the most, over all requests; 0 gives up at once. */
  waitMs: number
  /** Called before each wait. */
  onWait?: (waitMs: number) => void
  signal?: AbortSignal
}

const integrationSchema = z.object({
  id: z.string(),
  link: z.url({ protocol: /^https?$/ }),
  default_route: routeSchema,
})

/** The name by which a person finds what a run left behind. */
export function fixtureName(runId: string, descriptor: string): string {
  return `Onset load test ${runId} ${descriptor}`
}

/**
 * Makes one integration for each descriptor, and makes sure that it notifies nobody before it is
 * handed out. Where one fails, those that were made are removed again; what could not be is in
 * `left`. An integration whose answer was lost may exist all the same: its name says where it is from.
 * @param url the target's address: alerts may be sent to its host, or to that of `ingestUrl`.
 */
export async function createFixtures(
  call: Call,
  runId: string,
  descriptors: readonly string[],
  url: string,
  ingestUrl?: string,
): Promise<{ ok: true; value: Fixture[] } | { ok: false; problem: OncallProblem; left: Leftover[] }> {
  const made: Made[] = []
  const fixtures: Fixture[] = []
  for (const descriptor of descriptors) {
    const result = await createFixture(call, runId, descriptor, url, ingestUrl, made)
    if (!result.ok) return { ...result, left: await removeFixtures(call, made, { waitMs: 0 }) }
    fixtures.push(result.value)
  }
  return { ok: true, value: fixtures }
}

/** As much of a fixture as it takes to remove it. */
export type Made = Pick<Fixture, 'descriptor' | 'integrationId'>

async function createFixture(
  call: Call,
  runId: string,
  descriptor: string,
  url: string,
  ingestUrl: string | undefined,
  made: Made[],
): Promise<Result<Fixture>> {
  const name = fixtureName(runId, descriptor)
  const what = `create the integration "${name}"`
  const created = await call('POST', 'integrations/', what, { type: 'formatted_webhook', name })
  if (!created.ok) {
    const { problem } = created
    if (problem.kind !== 'unreachable') return created
    return failure(
      'unreachable',
      `${problem.sentence} It may have been created all the same; look for it by its name.`,
    )
  }
  const id = z.object({ id: z.string() }).safeParse(created.value)
  if (id.success) made.push({ descriptor, integrationId: id.data.id })
  const parsed = integrationSchema.safeParse(created.value)
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].join(', ')
    return failure('unexpected', `Cannot ${what}: what came back lacks a proper ${fields}.`)
  }
  const { link, default_route: route } = parsed.data
  const address = addressOf(link, url, ingestUrl)
  if (!address.ok) return address
  const silent = await silence(call, route)
  if (!silent.ok) return silent
  const token = new URL(address.value).pathname.split('/').filter(Boolean).at(-1) as string
  return {
    ok: true,
    value: {
      descriptor,
      integrationId: parsed.data.id,
      routeId: route.id,
      link: address.value,
      token,
      doubts: silent.value,
    },
  }
}

/** Where alerts are sent: the link that OnCall gave, as long as it leads to a host that was named. */
function addressOf(link: string, url: string, ingestUrl: string | undefined): Result<string> {
  const { origin, pathname } = new URL(link)
  const ingestPath = pathname.slice(Math.max(0, pathname.indexOf('/integrations/v1/')))
  if (ingestUrl !== undefined) return { ok: true, value: ingestUrl.replace(/\/+$/, '') + ingestPath }
  if (origin === new URL(url).origin) return { ok: true, value: link }
  return failure(
    'unusable',
    `OnCall takes alerts at ${origin}, which the spec does not name: add "ingestUrl: ${origin}" to the target, or the address by which you reach it.`,
  )
}

/** How long to wait where a refusal does not say. */
const defaultWaitMs = 5_000

/**
 * Removes integrations; one that is gone already counts as removed. While the key has reached its
 * limit, it waits as long as its patience lasts.
 * @returns what is left.
 */
export async function removeFixtures(
  call: Call,
  fixtures: readonly Made[],
  { waitMs, onWait, signal }: Patience,
): Promise<Leftover[]> {
  const left: Leftover[] = []
  const untilMs = performance.now() + waitMs
  for (const { descriptor, integrationId } of fixtures) {
    for (;;) {
      const result = await call(
        'DELETE',
        `integrations/${integrationId}/`,
        `remove the integration of ${descriptor}`,
      )
      if (result.ok || result.problem.status === 404) break
      const pauseMs = result.problem.retryAfterMs ?? defaultWaitMs
      if (
        result.problem.kind === 'limited' &&
        performance.now() + pauseMs <= untilMs &&
        (await pause(pauseMs, onWait, signal))
      ) {
        continue
      }
      left.push({ descriptor, integrationId, problem: result.problem })
      break
    }
  }
  return left
}

/** Waits; `false` when it was cut short. */
async function pause(
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
