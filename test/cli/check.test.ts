import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseResult } from '../../lib/result/index.ts'
import { onsetInside } from './inside.ts'
import { onset, useFolder } from './onset.ts'

const small = join(import.meta.dirname, '..', 'histories', 'small')
const spec = join(small, 'spec.yaml')
const folder = useFolder()

const check = (name: string, ...more: string[]) =>
  onsetInside(['check', name, '--spec', 'spec.yaml', ...more], { cwd: small })

describe('onset check', () => {
  it('passes a history with a witness, with exit code 0', async () => {
    const { code, stdout, stderr } = await check('pass.ndjson')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^PASS {2}/)
    expect(stdout).toContain('two in ten seconds  2 in 10s  PASS     A after 2')
  })

  it('fails one with a certificate, with exit code 1', async () => {
    const { code, stdout } = await check('fail.ndjson')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}/)
    expect(stdout).toContain('Certificate (over-admission, A, lines 4, 8 to 10 of the history):')
  })

  it('leaves open what a history does not settle, with exit code 3', async () => {
    const { code, stdout } = await check('inconclusive.ndjson')
    expect(code).toBe(3)
    expect(stdout).toMatch(/^INCONCLUSIVE {2}/)
    expect(stdout).toContain('What would settle it:')
  })

  it('warns of a torn history, and judges what is there', async () => {
    const { code, stdout } = await check('torn.ndjson')
    expect(code).toBe(3)
    expect(stdout).toContain('torn.ndjson is cut off in the middle of line 25')
    const json = await check('torn.ndjson', '--json')
    expect(json.stderr).toContain('cut off in the middle of line 25')
    expect(JSON.parse(json.stdout)).toMatchObject({ run: { torn: true } })
  })

  it('prints a result and nothing else with --json', async () => {
    for (const [name, code] of [
      ['pass.ndjson', 0],
      ['fail.ndjson', 1],
      ['inconclusive.ndjson', 3],
    ] as const) {
      const ended = await check(name, '--json')
      expect(ended.code).toBe(code)
      expect(parseResult(ended.stdout, name)).toMatchObject({ ok: true })
    }
  })

  it('reads standard input', async () => {
    const input = readFileSync(join(small, 'pass.ndjson'), 'utf8')
    const { code, stdout } = await onset(['check', '-', '--spec', spec], { input })
    expect(code).toBe(0)
    expect(stdout).toContain('history  standard input')
  })

  it("judges a run's folder by the spec that is in it", async () => {
    const run = join(folder.path, 'run')
    mkdirSync(run)
    folder.write('run/history.ndjson', readFileSync(join(small, 'fail.ndjson'), 'utf8'))
    const target = `target: {url: https://oncall.example.org, apiKey: "\${NOT_SET_HERE}"}\n`
    folder.write('run/spec.yaml', target + readFileSync(spec, 'utf8'))
    expect(await onsetInside(['check', run])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^FAIL/),
    })
  })

  it('refuses records that break the format, each with its line, unless they are to be skipped', async () => {
    const refused = await check('broken.ndjson')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^broken\.ndjson:5:\d+ {2}status: expected/m)
    expect(refused.stderr).toMatch(/^broken\.ndjson:7:\d+ {2}sent: expected/m)
    const skipped = await check('broken.ndjson', '--skip-invalid')
    expect(skipped.code).toBe(3)
    expect(skipped.stdout).toContain('2 lines left out')
  })

  it('says everything that is wrong: the spec, the history and the options', async () => {
    const { code, stderr } = await onsetInside(['check', 'no.ndjson', '--spec', 'no.yaml', '--jsn'], {
      cwd: folder.path,
    })
    expect(code).toBe(2)
    expect(stderr.trimEnd().split('\n').toSorted()).toEqual([
      'the history "no.ndjson" cannot be read: there is no such file',
      'the spec "no.yaml" cannot be read: there is no such file',
      "unknown option '--jsn' (Did you mean --json?)",
    ])
  })

  it('asks for a history and a spec', async () => {
    expect((await onsetInside(['check'])).stderr).toContain('onset check HISTORY --spec SPEC')
    expect((await onsetInside(['check', 'pass.ndjson'], { cwd: small })).stderr).toContain('--spec SPEC')
  })

  it('tells the story of a line that is in the certificate, and of one that is no request', async () => {
    const { code, stdout } = await check('fail.ndjson', '--explain', '8', '--explain', '1, 999')
    expect(code).toBe(1)
    expect(stdout).toContain('LINE 8  A request of A, sent at +4.100 s and answered with 200 at +4.105 s: it')
    expect(stdout).toContain('It was decided between +4.097 s and +4.108 s.')
    expect(stdout).toContain('two in ten seconds (integration A, 2 in 10s):')
    expect(stdout).toMatch(/fixed-window \(excluded\): had to let it through; it counts\./)
    expect(stdout).toMatch(
      /It is in the certificate:\s+- two in ten seconds: Not a fixed window: if one\s+starts from/,
    )
    expect(stdout).toContain('LINE 1  The header, not a request')
    expect(stdout).toContain('LINE 999  Beyond the history')
  })

  it('tells it with the witness, and as JSON', async () => {
    const told = await check('pass.ndjson', '--explain', '4')
    expect(told.code).toBe(0)
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'fixed-window: had to be full; it does not count. Counted before it: 2. The witness has it decided at',
    )
    const { code, stdout } = await check('pass.ndjson', '--json', '--explain', '4,2,4')
    expect(code).toBe(0)
    const parsed = parseResult(stdout, 'pass.ndjson')
    expect(parsed).toMatchObject({
      ok: true,
      result: {
        explained: [
          { line: 4, limits: [{ readings: [{ demand: 'refuse', countedBefore: [2, 2] }] }] },
          { line: 2, limits: [{ readings: [{ demand: 'admit', countedBefore: [0, 0] }] }] },
        ],
      },
    })
  })

  it('says of a line that was left out that it may have been', async () => {
    const { stdout } = await check('broken.ndjson', '--skip-invalid', '--explain', '5')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('or was left out since it breaks the format.')
  })

  it.each([['0'], ['-4'], ['2.5'], ['two'], ['3,'], ['99999999999999999999'], ['5-8']])(
    'wants numbers of lines: not %s',
    async (lines) => {
      const { code, stdout, stderr } = await check('pass.ndjson', `--explain=${lines}`, '--jsn')
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(
        '--explain: expected numbers of lines of the history, such as 23 or 23,41, found',
      )
      expect(stderr).toContain("unknown option '--jsn'")
    },
  )
})
