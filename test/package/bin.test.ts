import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

const bin = fileURLToPath(new URL('../../bin/onset.js', import.meta.url))

/** A Node of this machine that is too old for Onset, where there is one. */
async function oldNode(): Promise<string | undefined> {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)]
  for (const path of folders.map((folder) => join(folder, 'node')).filter(existsSync)) {
    const { stdout } = await run(path, ['--version'], { cwd: '/' })
    const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number)
    if (major < 22 || (major === 22 && minor < 18)) return path
  }
  return undefined
}

const sentence = /^Onset needs Node 22\.18 or later, and this is Node (\S+): install a later one.*\n$/

describe('a Node that is too old gets one sentence and exit code 4', async () => {
  const old = await oldNode()

  test.skipIf(!old)('a real one', async () => {
    const { code, stdout, stderr } = await run(old as string, [bin, '--version'], { cwd: '/' })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(sentence)
  })

  test.each(['0.10.48', '20.20.2', '22.17.1'])('one that says it is %s', async (version) => {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`
    const { code, stdout, stderr } = await run(process.execPath, ['--import', pretend, bin], { cwd: '/' })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(sentence.exec(stderr)?.[1]).toBe(version)
  })
})

test('what every Node has to read is written in the syntax that the first ones knew', async () => {
  const code = await readFile(bin, 'utf8')
  const [as5, asNow] = await Promise.all(
    ['es5', 'esnext'].map((target) => transform(code, { target, loader: 'js' })),
  )
  expect(as5).toEqual(asNow)
  // A comma after the last argument is younger, and not among what a transformation would have to change.
  expect(code).not.toMatch(/,\s*\)/)
  await expect(transform('const a = 1', { target: 'es5' })).rejects.toThrow()
  await expect(transform('(async () => {})()', { target: 'es5' })).rejects.toThrow()
})
