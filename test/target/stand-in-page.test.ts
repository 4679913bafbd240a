import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { faultsSchema } from '../../lib/target/faults/config.ts'
import { parseTargetConfig } from '../../lib/target/index.ts'
import { blocksOf } from '../package/markdown.ts'

const page = await readFile(new URL('../../docs/stand-in.md', import.meta.url), 'utf8')
const configurations = (await blocksOf('docs/stand-in.md')).filter(({ language }) => language === 'json')

describe('docs/stand-in.md', () => {
  test('shows configurations', () => expect(configurations.length).toBeGreaterThan(1))

  test.each(configurations.map(({ text }) => text))('shows one that the target takes: %s', (text) => {
    expect(parseTargetConfig(JSON.parse(text))).toMatchObject({ valid: true })
  })

  test('names every switch, every disturbance, and every field of these', () => {
    const { disturbances, ...switches } = faultsSchema.unwrap().shape
    const kinds = disturbances.unwrap().element.options
    const fields = kinds.flatMap(({ shape }) => Object.keys(shape))
    const names = [
      ...Object.keys(switches),
      ...kinds.flatMap(({ shape }) => [...shape.how.values]),
      ...fields,
    ]
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([])
  })
})
