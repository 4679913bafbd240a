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
    vi.stubEnv('KEY', 'key')
    const spec = folder.write(
      'onset.yaml',
      'target: {kind: oncall, url: "http://127.0.0.1:9", apiKey: "${KEY}", dedicated: true}\nlimits: [{name: alerts per organization, scope: organization, limit: 500, window: 5m}]\n',
    )
    const { stderr } = await onsetInside(['capacity', spec, '--max-rate', '100'])
    const shown = (await blocksOf('docs/capacity.md')).filter(({ language }) => language === 'text')
    expect(shown.map((block) => block.text)).toContain(stderr)
  })
})
