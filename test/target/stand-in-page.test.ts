import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { faultsSchema } from '../../lib/target/faults/config.ts'
import { parseTargetConfig, targetConfigSchema } from '../../lib/target/index.ts'
import { blocksOf } from '../package/markdown.ts'

const page = await readFile(new URL('../../docs/stand-in.md', import.meta.url), 'utf8')
const configurations = (await blocksOf('docs/stand-in.md')).filter(({ language }) => language === 'json')

describe('docs/stand-in.md', () => {
  test('shows configurations', () => expect(configurations.length).toBeGreaterThan(1))

  test.each(configurations.map(({ text }) => text))('shows one that the target takes: %s', (text) => {
    expect(parseTargetConfig(JSON.parse(text))).toMatchObject({ valid: true })
  })

  test('names every switch, every disturbance, and every field of these', () => {
    const { limits, faults, ...switches } = targetConfigSchema.shape
    const { disturbances, ...wrong } = faultsSchema.unwrap().shape
    const kinds = disturbances.unwrap().element.options
    const names = [
      ...Object.keys(switches),
      ...Object.values(limits.unwrap().shape).flatMap((limit) => Object.keys(limit.unwrap().unwrap().shape)),
      ...Object.keys(wrong),
      ...kinds.flatMap(({ shape }) => [...shape.how.values, ...Object.keys(shape)]),
    ]
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([])
  })

  test('names every field of a switch that has some', () => {
    const { retryAfter } = targetConfigSchema.shape
    const { retryAfter: untrue, rateLimitFields, pages, lostUpdates } = faultsSchema.unwrap().shape
    const fields = [retryAfter, untrue, rateLimitFields, pages, lostUpdates].flatMap((each) =>
      Object.keys(each.unwrap().shape),
    )
    expect(fields.length).toBeGreaterThan(14)
    expect(fields.filter((field) => !page.includes(`"${field}": `))).toEqual([])
  })
})
