import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, root } from '../package/markdown.ts'
import { run } from '../package/run.ts'

/** A folder as a reader of the document has it: the libraries are installed in it. */
let home: string

const blocks = await blocksOf('docs/verify-limiter.md')
const entry = new URL('../../lib/simulate/limiter.ts', import.meta.url).href

/** Writes the only block of a language into a file. What is published is tested with the package. */
async function write(language: string, file: string): Promise<void> {
  const [block, ...others] = blocks.filter((candidate) => candidate.language === language)
  expect(others).toEqual([])
  await writeFile(join(home, file), (block?.text ?? '').replace("'onset/limiter'", `'${entry}'`))
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onset-docs-'))
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
})

afterAll(() => rm(home, { recursive: true, force: true }))

describe('the tests that docs/verify-limiter.md shows', () => {
  test('pass with node:test, and print the failure', async () => {
    await write('js', 'with-node.mjs')
    const { code, stdout } = await run(process.execPath, ['--test', 'with-node.mjs'], { cwd: home })
    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toContain('does not keep to 5 in 10 s')
  })

  test('pass with vitest', async () => {
    await write('ts', 'with-vitest.test.ts')
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const ran = await run(process.execPath, [vitest, 'run', '--root', home], {
      cwd: home,
      env: { NO_COLOR: '1' },
    })
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed') })
  })
})
