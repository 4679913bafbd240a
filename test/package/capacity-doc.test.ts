import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { highestRatePerSecond, parseObjective, saturationPerSecond } from '../../lib/capacity/index.ts'
import { onsetInside } from '../cli/inside.ts'
import { useFolder } from '../cli/onset.ts'
import { blocksOf, root } from './markdown.ts'

const folder = useFolder()
const text = await readFile(`${root}docs/capacity.md`, 'utf8')

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('docs/capacity.md', () => {
  it('says of the example what queueing theory does', () => {
    const queue = { servers: 16, serviceMs: 20 }
    const [, bound, rate, most] =
      /95th percentile\s+reach (\d+) ms at (\d+) requests a second, where (\d+) is all/.exec(text) ?? []
    expect(Math.round(highestRatePerSecond(queue, 95, Number(bound)))).toBe(Number(rate))
    expect(saturationPerSecond(queue)).toBe(Number(most))
  })

  it('names options that there are', async () => {
    const { stdout } = await onsetInside(['capacity', '--help'])
    const named = [...text.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag as string)
    expect(named.length).toBeGreaterThan(10)
    for (const flag of named) expect(stdout).toContain(flag)
  })

  it('names conditions that can be asked for', () => {
    const conditions = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, condition]) => condition as string)
    expect(conditions).toHaveLength(3)
    expect(parseObjective(conditions.join(', '))).toMatchObject({ ok: true })
  })

  it('shows what is said where limits are in the way', async () => {
    const blocks = await blocksOf('docs/capacity.md')
    const target = blocks.find(
      ({ language, text }) => language === 'yaml' && text.startsWith('target:'),
    )?.text
    const names = [...(target ?? '').matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string)
    expect(names).toHaveLength(4)
    for (const name of names) vi.stubEnv(name, `key of ${name}`)
    const spec = folder.write(
      'onset.yaml',
      `${target}limits: [{name: alerts per organization, scope: organization, limit: 500, window: 5m}]\n`,
    )
    const { stderr } = await onsetInside(['capacity', spec, '--max-rate', '10'])
    const shown = blocks.filter(({ language }) => language === 'text')
    expect(shown.map((block) => block.text)).toContain(stderr)
  })
})
