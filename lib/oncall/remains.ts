import { z } from 'zod'
import type { Call } from './api.ts'
import { readFixtureName } from './fixtures.ts'
import { idSchema } from './id.ts'
import { readList } from './list.ts'
import type { Result } from './problem.ts'

/** An integration that a run made, and that is still there. */
export interface Remains {
  integrationId: string
  name: string
  runId: string
  /** The descriptor that it stood for: A, B, … */
  descriptor: string
}

const named = z.object({ id: idSchema, name: z.string().nullish() })

/** Finds all integrations whose name is one that runs give: one request a page of the list of integrations. */
export async function findRemains(call: Call): Promise<Result<Remains[]>> {
  const all = await readList(call, 'integrations/', 'list the integrations', named)
  if (!all.ok) return all
  const remains = all.value.flatMap(({ id, name }) => {
    const from = readFixtureName(name ?? '')
    return from ? [{ integrationId: id, name: name as string, ...from }] : []
  })
  return { ok: true, value: remains }
}
