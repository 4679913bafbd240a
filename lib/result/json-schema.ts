import { z } from 'zod'
import { resultSchema } from './result.ts'

/** JSON Schema (draft 7) of `result.json`, version 1. Unknown fields are allowed: they may be added. */
export function resultJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(resultSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>
}
