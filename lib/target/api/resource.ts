import type { z } from 'zod'
import { type Answer, detail } from '../http/answer.ts'
import type { PageRequest } from '../http/page.ts'
import type { User } from '../store/directory.ts'

/** A request to the API that is let in: who asks, and what. */
export interface Call {
  user: User
  query: URLSearchParams
  /** The parsed body; undefined where it is empty. */
  body: unknown
  /** The target's own address, for links. */
  origin: string
  page: PageRequest
  nowMs: number
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type Handlers<Args extends unknown[]> = Partial<Record<Method, (call: Call, ...args: Args) => Answer>>

/** What can be done under `/api/v1/{name}/`. */
export interface Resource {
  /** On `{name}/` itself. */
  collection?: Handlers<[]>
  /** On `{name}/{id}/`. */
  item?: Handlers<[id: string]>
  /** On `{name}/{id}/{action}`, by POST; a slash may follow. */
  actions?: Record<string, (call: Call, id: string) => Answer>
}

/**
 * Goes on with a body that has the expected shape, or answers 400 naming each field that has not.
 * An empty body is read as `{}`.
 */
export function withBody<Shape extends z.ZodType>(
  { body }: Call,
  shape: Shape,
  go: (body: z.output<Shape>) => Answer,
): Answer {
  const parsed = shape.safeParse(body ?? {})
  if (parsed.success) return go(parsed.data)
  const mistakes = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return detail(400, mistakes.join('; '))
}

/** A time as the API writes it: ISO 8601 in UTC, or null. */
export function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
