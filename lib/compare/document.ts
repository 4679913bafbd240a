import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'
import { noBaseSchema } from './no-base.ts'
import { seriesSchema } from './series.ts'

const documentSchema = z.discriminatedUnion('kind', [comparisonSchema, noBaseSchema, seriesSchema]).meta({
  title: 'Onset comparison',
  description: 'What moved between runs; `kind` says which of three questions was asked.',
})

/** What `onset compare --json` prints, and a run leaves as `comparison.json`. */
export type ComparisonDocument = z.output<typeof documentSchema>

/**
 * JSON Schema (draft 7) of what `onset compare --json` prints and a run leaves as `comparison.json`,
 * version 1. Unknown fields are allowed: they may be added.
 */
export function comparisonJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>
}
