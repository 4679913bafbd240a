import { describe, expect, it } from 'vitest'
import { onsetInside } from './inside.ts'
import { onset, useFolder } from './onset.ts'

const folder = useFolder()

describe('the command line', () => {
  it.each([
    ['verify'],
    ['check'],
    ['report'],
    ['compare'],
    ['import'],
    ['capacity'],
    ['tune'],
    ['serve'],
    ['doctor'],
    ['clean'],
  ])('has help for %s that ends with an example', async (name) => {
    const { code, stdout, stderr } = await onsetInside([name, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: onset ${name} [options]`)
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^ {2}\\$ onset ${name}`))
    // What is to be typed stays on one line, whatever its length.
    const words = stdout.split('\n').filter((line) => !line.startsWith('  $ '))
    for (const line of words) expect(line.length).toBeLessThanOrEqual(80)
    expect((await onsetInside(['help', name])).stdout).toBe(stdout)
  })

  it('prints its version, and what exit codes mean', async () => {
    expect(await onset(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    const { code, stdout } = await onsetInside(['--help'])
    expect(code).toBe(0)
    for (const exit of [0, 1, 2, 3, 4, 130]) expect(stdout).toMatch(new RegExp(`^ +${exit} +\\w`, 'm'))
  })

  it('shows the help on standard error where no command is given', async () => {
    const { code, stdout, stderr } = await onset([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: onset')
  })

  it('knows what was meant', async () => {
    expect(await onsetInside(['verfy'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: "unknown command 'verfy' (Did you mean verify?)\n",
    })
  })

  it('reports all mistakes of a command line at once, those of values too', async () => {
    const args = ['verify', 'a.yaml', 'b.yaml', '--wndow', '10', '--quik', '--windows=few', '--out']
    const { code, stdout, stderr } = await onsetInside([...args], { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n').toSorted()).toEqual([
      '--window: expected a duration from 100ms to 168h, such as 10s or 5m, found "10" — write 10s',
      '--windows: expected a number from 1 to 100, found "few"',
      "option '-o, --out <dir>' argument missing",
      'the spec "a.yaml" cannot be read: there is no such file',
      "unknown option '--quik' (Did you mean --quick?)",
      "unknown option '--wndow' (Did you mean --window?)",
    ])
  })

  it('says what is one argument too many', async () => {
    const { code, stderr } = await onsetInside(['check', 'a', 'b', '--spec', 's'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain('"b" is one argument too many for onset check')
  })

  it('reports every mistake of a spec, with its place and what to do', async () => {
    const spec = folder.write(
      'five.yaml',
      [
        'target:',
        '  url: oncall.example.org',
        '  apiKey: glsa_literal',
        'limits:',
        '  - name: one',
        '    scope: integration',
        '    limit: many',
        '    window: 5',
        '    algorithm: fixed-windw',
        '',
      ].join('\n'),
    )
    for (const command of ['verify', 'doctor']) {
      const { code, stdout, stderr } = await onsetInside([command, spec])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      const lines = stderr.trimEnd().split('\n')
      expect(lines.map((line) => line.slice(spec.length + 1).split(/[: ]/)[0])).toEqual([
        '2',
        '3',
        '7',
        '8',
        '9',
      ])
      for (const line of lines) expect(line).toContain('expected')
      expect(stderr).not.toContain('glsa_literal')
    }
  })

  it('keeps standard output to JSON where JSON was asked for, mistakes too', async () => {
    const { code, stdout, stderr } = await onsetInside(['verify', '--windows', 'few', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      format: 'onset-error',
      version: 1,
      exitCode: 2,
      messages: ['--windows: expected a number from 1 to 100, found "few"'],
    })
    expect(stderr).toBe('--windows: expected a number from 1 to 100, found "few"\n')
  })

  it('tells of an error that nobody expected in one sentence, and with ONSET_DEBUG where it is from', async () => {
    const bad = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(breaking)}` }
    const short = await onset(['doctor'], { env: bad })
    expect(short).toMatchObject({ code: 4, stdout: '' })
    expect(short.stderr).toBe(
      'Onset met an error that it did not expect (broken on purpose); run it again with ONSET_DEBUG=1 for the details.\n',
    )
    const long = await onset(['doctor'], { env: { ...bad, ONSET_DEBUG: '1' } })
    expect(long.code).toBe(4)
    expect(long.stderr).toMatch(/^Error: broken on purpose\n {4}at /)
  })

  it('bears readers that leave early', async () => {
    const { code, stderr } = await onset(['--help'], { through: 'set -o pipefail; "$@" | true' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

/** Breaks how doctor sums up, as a bug would. */
const breaking = `
const { every } = Array.prototype
Array.prototype.every = function (...args) {
  if (this[0]?.name === 'Node') throw new Error('broken on purpose')
  return every.apply(this, args)
}
`
