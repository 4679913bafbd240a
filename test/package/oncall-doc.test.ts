import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseSpec } from '../../lib/spec/index.ts'
import { served } from '../cli/onset.ts'
import { blocksOf, commandsIn, root } from './markdown.ts'
import { run } from './run.ts'

const blocks = await blocksOf('docs/oncall.md')
const commands = commandsIn(blocks)
const specs = blocks.filter(({ language }) => language === 'yaml')

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onset-oncall-doc-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Windows shortened, so that nobody waits. */
const shorter = (text: string) => text.replaceAll('10s', '2s')

describe('docs/oncall.md', () => {
  test('walks from a key to a verdict: all that it tells to type is typed, one after another', async () => {
    const [serve, exported, ...rest] = commands.map((words): string[] => words)
    if (!serve) throw new Error('the document has no commands')
    expect(serve.slice(0, 2)).toEqual(['onset', 'serve'])
    const port = serve.indexOf('--port')
    const { url, apiKey } = await served(
      serve
        .slice(2)
        .toSpliced(port - 2, 2)
        .map(shorter),
    )
    expect(exported).toEqual(['export', `ONCALL_API_KEY=${apiKey}`])
    const spec = shorter(specs[0]?.text ?? '').replace(`http://127.0.0.1:${serve[port + 1]}`, url)
    expect(spec).toContain(url)
    await writeFile(join(home, 'onset.yaml'), spec)

    const printed: string[] = []
    for (const [program, ...args] of rest) {
      expect(program).toBe('onset')
      const { code, stdout, stderr } = await run(process.execPath, [join(root, 'lib/cli/main.ts'), ...args], {
        cwd: home,
        env: { ONCALL_API_KEY: apiKey, NO_COLOR: '1' },
      })
      // A slow machine may leave a run unsettled; what is wrong with the words is another exit code.
      const fine = args[0] === 'verify' && !args.includes('--dry-run') ? [0, 3] : [0]
      expect({ args, fine: fine.includes(code), stderr: fine.includes(code) ? '' : stderr }).toEqual({
        args,
        fine: true,
        stderr: '',
      })
      printed.push(stdout.replaceAll(url, 'http://127.0.0.1:8080').replaceAll(/\s+/g, ' '))
    }
    expect(rest.map(([, command]) => command)).toEqual([
      'doctor',
      'doctor',
      'verify',
      'verify',
      'clean',
      'clean',
    ])
    const shown = blocks.find(({ language, text }) => language === 'text' && text.startsWith('ok '))
    const sentences = (shown?.text ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .split(/ (?=ok )/)
    expect(sentences.length).toBeGreaterThan(2)
    for (const sentence of sentences) expect(printed[1]).toContain(sentence)
  })

  test('shows specs that can be read', () => {
    expect(specs).toHaveLength(2)
    const limits = /^limits:[\s\S]*/m.exec(specs[0]?.text ?? '')?.[0]
    for (const { text } of specs) {
      const whole = text.includes('limits:') ? text : text + limits
      const env = { ONCALL_API_KEY: 'a-key' }
      expect(parseSpec(whole, { file: 'docs/oncall.md', env })).toMatchObject({ ok: true })
    }
  })
})
