import { z } from 'zod'
import type { Call } from './api.ts'
import { idSchema } from './id.ts'
import { readList } from './list.ts'
import type { Result } from './problem.ts'

/**
 * The ids of all integrations that a key sees: one request a page. Two keys that see one and the same are of
 * one organization.
 */
export async function readIntegrationIds(call: Call): Promise<Result<Set<string>>> {
  const all = await readList(call, 'integrations/', 'list the integrations', z.object({ id: idSchema }))
  return all.ok ? { ok: true, value: new Set(all.value.map(({ id }) => id)) } : all
}
