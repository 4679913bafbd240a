import { z } from 'zod'
import type { Call } from './api.ts'
import { idSchema } from './id.ts'
import { ingestAddress, tokenOf } from './ingest-address.ts'
import { linkSchema } from './link.ts'
import { type Patience, patient } from './patience.ts'
import { failure, type OncallProblem, type Result } from './problem.ts'
import { routeSchema } from './route.ts'
import { silence } from './silence.ts'

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

/** What an integration takes: alerts as Onset writes them, or as Alertmanager does. */
export type FixtureType = 'formatted_webhook' | 'alertmanager'

/** What could not be removed, and why. */
export interface Leftover {
  descriptor: string
  integrationId: string
  problem: OncallProblem
}

/** Fixtures; or why there are none, and what of them may be left. */
export type FixturesMade =
  | { ok: true; value: Fixture[] }
  | { ok: false; problem: OncallProblem; left: Leftover[]; mayExist: boolean }

const integrationSchema = z.object({
  id: idSchema,
  link: linkSchema,
  default_route: routeSchema,
})

/** The name by which a person, and `onset clean`, find what a run left behind. */
export function fixtureName(runId: string, descriptor: string): string {
  return `Onset load test ${runId} ${descriptor}`
}

/** Whose integration this name says that it is; `undefined` for a name that no run gives. */
export function readFixtureName(name: string): { runId: string; descriptor: string } | undefined {
  const [, runId, descriptor] = /^Onset load test (\d{8}-\d{6}-[0-9a-z]{4}) ([A-Z]\d*)$/.exec(name) ?? []
  return runId === undefined ? undefined : { runId, descriptor: descriptor as string }
}

/**
 * Makes one integration for each descriptor, and makes sure that it notifies nobody before it is
 * handed out. Where one fails, those that were made are removed again; what could not be is in
 * `left`. An integration whose answer was lost may exist all the same, which `mayExist` says: it is
 * found by its name (`findRemains`).
 * @param url the target's address: alerts may be sent to its host, or to that of `ingestUrl`.
 * @param typeOf the type of a descriptor's integration. Default: all take alerts as Onset writes them.
 */
export async function createFixtures(
  call: Call,
  runId: string,
  descriptors: readonly string[],
  url: string,
  ingestUrl?: string,
  typeOf: (descriptor: string) => FixtureType = () => 'formatted_webhook',
): Promise<FixturesMade> {
  const made: Made[] = []
  const fixtures: Fixture[] = []
  for (const descriptor of descriptors) {
    const result = await createFixture(call, runId, descriptor, typeOf(descriptor), url, ingestUrl, made)
    if (!result.ok) {
      const left = await removeFixtures(call, made, { waitMs: 0 })
      const answered = made.some((one) => one.descriptor === descriptor)
      return { ...result, left, mayExist: result.problem.kind === 'unreachable' && !answered }
    }
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
  type: FixtureType,
  url: string,
  ingestUrl: string | undefined,
  made: Made[],
): Promise<Result<Fixture>> {
  const name = fixtureName(runId, descriptor)
  const what = `create the integration "${name}"`
  const created = await call('POST', 'integrations/', what, { type, name })
  if (!created.ok) {
    const { problem } = created
    if (problem.kind !== 'unreachable') return created
    return failure(
      'unreachable',
      `${problem.sentence} It may have been created all the same; look for it by its name.`,
    )
  }
  const id = z.object({ id: idSchema }).safeParse(created.value)
  if (id.success) made.push({ descriptor, integrationId: id.data.id })
  const parsed = integrationSchema.safeParse(created.value)
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].join(', ')
    return failure('unexpected', `Cannot ${what}: what came back lacks a proper ${fields}.`)
  }
  const { link, default_route: route } = parsed.data
  const address = ingestAddress(link, url, ingestUrl)
  if (!address.ok) return address
  const silent = await silence(call, route)
  if (!silent.ok) return silent
  return {
    ok: true,
    value: {
      descriptor,
      integrationId: parsed.data.id,
      routeId: route.id,
      link: address.value,
      token: tokenOf(address.value),
      doubts: silent.value,
    },
  }
}

/**
 * Removes integrations; one that is gone already counts as removed. While the key has reached its
 * limit, it waits as long as its patience lasts.
 * @returns what is left.
 */
export async function removeFixtures(
  call: Call,
  fixtures: readonly Made[],
  patience: Patience,
): Promise<Leftover[]> {
  const left: Leftover[] = []
  const insist = patient(call, patience)
  for (const { descriptor, integrationId } of fixtures) {
    const what = `remove the integration of ${descriptor}`
    const result = await insist('DELETE', `integrations/${encodeURIComponent(integrationId)}/`, what)
    if (result.ok || result.problem.status === 404) continue
    left.push({ descriptor, integrationId, problem: result.problem })
  }
  return left
}
