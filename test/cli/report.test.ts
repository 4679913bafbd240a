import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseResult } from '../../lib/result/index.ts'
import { onsetInside } from './inside.ts'
import { useFolder } from './onset.ts'

const small = join(import.meta.dirname, '..', 'histories', 'small')
const folder = useFolder()

/** A run's folder as a run leaves it, `result.json` included. */
async function storedRun(name: string): Promise<string> {
  const run = folderWithoutResult(name)
  const { stdout } = await onsetInside(['check', run, '--json'])
  writeFileSync(join(run, 'result.json'), stdout)
  return run
}

function folderWithoutResult(name: string): string {
  const run = join(folder.path, 'run')
  mkdirSync(run)
  cpSync(join(small, `${name}.ndjson`), join(run, 'history.ndjson'))
  cpSync(join(small, 'spec.yaml'), join(run, 'spec.yaml'))
  return run
}

describe('onset report', () => {
  it.each([
    ['pass', 0],
    ['fail', 1],
    ['inconclusive', 3],
  ] as const)(
    'ends with the exit code of the verdict, and says where the page is: %s',
    async (name, code) => {
      const run = await storedRun(name)
      const page = join(run, 'report.html')
      expect(await onsetInside(['report', run])).toMatchObject({
        code,
        stdout: `The report is in ${page}.\n`,
        stderr: '',
      })
      const html = readFileSync(page, 'utf8')
      expect(html).toContain(`<title>Onset: ${name}`)
      expect(html).toContain('two in ten seconds')
    },
  )

  it('judges nothing anew where the result is there', async () => {
    const run = await storedRun('pass')
    const stored = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'))
    stored.limits[0].explanation = 'What was said then.'
    writeFileSync(join(run, 'result.json'), JSON.stringify(stored))
    expect(await onsetInside(['report', run])).toMatchObject({ code: 0 })
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('What was said then.')
  })

  it('judges the history where there is no result, and says so', async () => {
    const run = folderWithoutResult('fail')
    const { code, stderr } = await onsetInside(['report', run])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `There is no ${join(run, 'result.json')}: the history was judged anew.\n`,
    })
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('Certificate (over-admission')
    expect(existsSync(join(run, 'result.json'))).toBe(false)
  })

  it('prints a result as text or as JSON, and then leaves no page', async () => {
    const run = await storedRun('fail')
    const text = await onsetInside(['report', run, '--format', 'terminal'])
    expect(text).toMatchObject({ code: 1, stdout: expect.stringMatching(/^FAIL {2}/) })
    for (const asked of [['--format', 'json'], ['--json']]) {
      const json = await onsetInside(['report', run, ...asked])
      expect(json).toMatchObject({ code: 1, stderr: '' })
      expect(parseResult(json.stdout, 'stdout')).toMatchObject({ ok: true, result: { verdict: 'fail' } })
    }
    expect(existsSync(join(run, 'report.html'))).toBe(false)
  })

  it('writes the page beside what it prints, and says that where it does not disturb', async () => {
    const run = await storedRun('pass')
    const page = join(folder.path, 'page.html')
    const { code, stdout, stderr } = await onsetInside(['report', run, '--json', '--html', page])
    expect({ code, stderr }).toEqual({ code: 0, stderr: `The report is in ${page}.\n` })
    expect(parseResult(stdout, 'stdout')).toMatchObject({ ok: true })
    expect(readFileSync(page, 'utf8')).toContain('<title>Onset: pass')
    expect(existsSync(join(run, 'report.html'))).toBe(false)
  })

  it('says why the page cannot be written, with exit code 4', async () => {
    const run = await storedRun('pass')
    for (const [place, why] of [
      [join(folder.path, 'none', 'page.html'), 'its folder does not exist'],
      [folder.path, 'it is a folder; name a file'],
    ] as const) {
      expect(await onsetInside(['report', run, '--html', place])).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining(`the report ${JSON.stringify(place)} cannot be written: ${why}`),
      })
    }
  })

  it('names all that is wrong with a folder at once, without a stack', async () => {
    const run = await storedRun('pass')
    rmSync(join(run, 'history.ndjson'))
    writeFileSync(join(run, 'result.json'), '{"format":"another"}')
    writeFileSync(join(run, 'plan.json'), '[]')
    const { code, stdout, stderr } = await onsetInside(['report', run])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const file of ['history.ndjson', 'result.json', 'plan.json'])
      expect(stderr).toContain(join(run, file))
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(existsSync(join(run, 'report.html'))).toBe(false)
  })

  it('wants the folder of a run', async () => {
    expect(await onsetInside(['report'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('name the folder of a run'),
    })
    const nowhere = join(folder.path, 'nowhere')
    expect(await onsetInside(['report', nowhere, '--format', 'pdf'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/pdf[\s\S]*is no folder/),
    })
  })
})

describe('onset check --html', () => {
  it('writes a page of what it judged, and lists it', async () => {
    const page = join(folder.path, 'page.html')
    const spec = join(small, 'spec.yaml')
    const { code, stdout } = await onsetInside([
      'check',
      join(small, 'fail.ndjson'),
      '--spec',
      spec,
      '--html',
      page,
    ])
    expect(code).toBe(1)
    expect(stdout).toContain(page)
    expect(readFileSync(page, 'utf8')).toContain('<title>Onset: fail')
  })
})
