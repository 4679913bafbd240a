import { z } from 'zod'
import { specSchema } from './spec.ts'

/**
 * JSON Schema (draft 7, which editors know best) of a spec as it is written: before variables are
 * replaced, defaults filled in and durations read.
 */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(specSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema: node, path }) => {
      // A variable may stand for any text, whatever is expected of what it holds.
      const orVariable = '|\\$\\{'
      if (node.pattern && path.at(-1) !== 'apiKey' && !node.pattern.endsWith(orVariable)) {
        node.pattern += orVariable
      }
    },
  })
  return {
    $schema,
    title: 'Onset spec',
    description: 'What should hold: a target, and the limits that somebody wrote down.',
    ...schema,
  }
}
