import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonSchema } from '../../lib/spec/index.ts'
import { schemaFiles } from '../../scripts/schemas.ts'

describe('the published JSON Schemas', () => {
  test.each(Object.entries(schemaFiles()))(
    'are not stale: %s (npm run schemas makes them)',
    (name, schema) => {
      const committed = readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')
      expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(schema)))
    },
  )
})

describe('the JSON Schema of a spec', () => {
  const schema = z.fromJSONSchema(jsonSchema())
  const limit = { name: 'alerts', scope: 'integration', limit: 300, window: '5m' }

  test('takes a spec as it is written, variables and shorthands included', () => {
    const written = {
      target: { url: `\${ONCALL_URL}`, apiKey: `\${ONCALL_API_KEY}`, dedicated: true },
      limits: [
        limit,
        { ...limit, window: `\${WINDOW}`, algorithm: 'any', tolerance: '5%' },
        { ...limit, algorithm: ['gcra', 'fixed-window'], tolerance: 0.1 },
      ],
      outcomes: { accepted: ['2xx', 304], limited: 429 },
      clockDriftPpm: 100,
    }
    expect(schema.safeParse(written).error).toBeUndefined()
  })

  test.each([
    ['no limits', {}],
    ['an unknown key', { limits: [limit], limit: 3 }],
    ['a window without a unit', { limits: [{ ...limit, window: 300 }] }],
    ['a unit that is none', { limits: [{ ...limit, window: '5min' }] }],
    ['an algorithm that is none', { limits: [{ ...limit, algorithm: 'leaky' }] }],
    ['a literal key', { limits: [limit], target: { url: 'https://a.example.org', apiKey: 'secret' } }],
  ])('refuses %s', (_, written) => {
    expect(schema.safeParse(written).success).toBe(false)
  })

  test('describes every field, for the people who meet it in an editor', () => {
    const undescribed: string[] = []
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      for (const [name, field] of Object.entries((node as { properties?: object }).properties ?? {})) {
        if (typeof field.description !== 'string') undescribed.push(`${path}.${name}`)
      }
      for (const [name, inner] of Object.entries(node)) look(inner, `${path}.${name}`)
    }
    look(jsonSchema(), 'spec')
    expect(undescribed).toEqual([])
  })
})
