import { describe, expect, it } from 'vitest'
import { importWords, readImport } from '../../lib/cli/import/import-request.ts'
import { createOptionReader } from '../../lib/cli/options/option-reader.ts'
import { onset, useFolder } from '../cli/onset.ts'

/** What is told of options that cannot be followed. */
function mistakes(options: Readonly<Record<string, unknown>>): readonly string[] {
  const reader = createOptionReader([])
  readImport(reader, { scope: ['key=const:a'], ...options })
  return reader.mistakes
}

describe('options of a recording', () => {
  it('are all right for the formats that they are about', () => {
    expect(
      mistakes({ from: 'access-log-json', stamp: 'end', longest: '5s', field: ['took=lat:ms'] }),
    ).toEqual([])
    expect(mistakes({ from: 'jtl', stamp: 'start' })).toEqual([])
  })

  it.each([
    [{ from: 'k6-cvs' }, 'did you mean k6-csv?'],
    [{ from: 'autocannon' }, 'no single requests'],
    [{ from: 'k6-csv', stamp: 'end' }, '--stamp is about'],
    [{ from: 'vegeta-json', longest: '5s' }, '--longest is about'],
    [{ from: 'access-log', field: ['time=t'] }, '--field is about'],
    [{ from: 'access-log-json', field: ['took=lat'] }, 'took=lat:ms'],
    [{ from: 'access-log-json', field: ['time=a', 'time=b'] }, 'time is given twice'],
    [{ stamp: 'end' }, 'say which with --from'],
  ])('are complained about where they mean nothing: %o', (options, complaint) => {
    expect(mistakes(options).join('\n')).toContain(complaint)
  })

  it('can be typed again', () => {
    const options = { from: 'access-log-json', scope: ['k=field:k'], longest: '5s', field: ['time=the time'] }
    expect(importWords(options)).toBe(
      " --from access-log-json --scope k=field:k --longest 5s --field 'time=the time'",
    )
  })
})

describe('onset check', () => {
  const folder = useFolder()

  it('finds too many let through in a compressed log from standard input, and no pass in it', async () => {
    const spec = folder.write(
      'onset.yaml',
      [
        'target: { kind: http, url: "http://127.0.0.1:1", request: { method: GET, path: / } }',
        'limits: [{ name: per client, scope: client, limit: 3, window: 1m, startsEmpty: false }]',
        '',
      ].join('\n'),
    )
    const line = (client: string, second: number) =>
      `${client} - - [10/Oct/2026:13:55:0${second} +0000] "GET / HTTP/1.1" 200 2 "-" "-" 0.010\n`
    const input =
      [0, 1, 2, 3, 4, 5, 6].map((second) => line('10.0.0.1', second)).join('') + line('10.0.0.2', 7)
    const words = ['-', '--from', 'access-log', '--scope', 'client=field:remote_addr', '--spec', spec]
    const { code, stdout } = await onset(['check', ...words, '--json'], { input, through: 'gzip | "$@"' })
    const result = JSON.parse(stdout)
    expect([code, result.verdict]).toEqual([1, 'fail'])
    expect(result.limits[0].certificate).toMatchObject({
      kind: 'over-admission',
    })
  })
})
