import { z } from 'zod'
import type { Call } from './api.ts'
import { failure, type Result } from './problem.ts'

/** Whom an API key belongs to. */
export interface Who {
  id: string
  username: string
  email?: string
  role?: string
  /** Ids of the teams; empty where there are none, or the answer does not say. */
  teams: string[]
}

const who = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().nullish(),
  role: z.string().nullish(),
  teams: z.array(z.string()).nullish(),
})

/** Asks who the key belongs to: one request, which shows that the address and the key are right. */
export async function askWho(call: Call): Promise<Result<Who>> {
  const answer = await call('GET', 'users/current/', 'find out whom the API key belongs to')
  if (!answer.ok) return answer
  const parsed = who.safeParse(answer.value)
  if (!parsed.success) {
    return failure(
      'unexpected',
      'The target answered, but not as OnCall does: no user came back for the API key.',
    )
  }
  const { id, username, email, role, teams } = parsed.data
  return {
    ok: true,
    value: { id, username, email: email ?? undefined, role: role ?? undefined, teams: teams ?? [] },
  }
}
