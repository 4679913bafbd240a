import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findK6 } from '../../lib/fire/k6/index.ts'
import { importFormats } from '../../lib/import/index.ts'
import { onsetInside } from '../cli/inside.ts'
import { blocksOf, commandsIn } from './markdown.ts'
import { run } from './run.ts'

const blocks = await blocksOf('docs/import.md')
const commands = commandsIn(blocks)
const shown = (language: string) => blocks.find((block) => block.language === language)?.text ?? ''

/** Lets so many requests through, of those that the document's script sends, and refuses the others. */
const lets = 610

let home: string
let k6: string
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(++answered > lets ? 429 : 200).end())
})
let answered = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onset-import-doc-'))
  const found = await findK6()
  if (!found.found) throw new Error(found.message)
  k6 = found.path
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await writeFile(join(home, 'script.js'), shown('js').replace('https://oncall.example.org/', address))
  await writeFile(join(home, 'onset.yaml'), shown('yaml'))
})
afterAll(async () => {
  server.close()
  await rm(home, { recursive: true, force: true })
})

/** 620 requests, a millisecond each, as these tools write them down. */
const startMs = Date.UTC(2026, 9, 10, 13, 55, 36)
const requests = Array.from({ length: 620 }, (_, n) => ({ atMs: startMs + n, status: n < lets ? 200 : 429 }))
const path = '/integrations/v1/webhook/A/'
const written = {
  vegeta: requests.map(({ atMs, status }) =>
    JSON.stringify({
      timestamp: new Date(atMs).toISOString(),
      latency: 5e6,
      code: status,
      method: 'POST',
      url: `http://oncall.example.org${path}`,
    }),
  ),
  jtl: [
    'timeStamp,elapsed,label,responseCode',
    ...requests.map(({ atMs, status }) => `${atMs},5,A,${status}`),
  ],
  accessLog: requests.map(
    ({ status }) =>
      `10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "POST ${path} HTTP/1.1" ${status} 2 "-" "-" 0.005`,
  ),
  accessJson: requests.map(({ atMs, status }) =>
    JSON.stringify({ msec: atMs / 1000, token: 'A', status, request_time: 0.005 }),
  ),
} as const

const lay = (name: string, lines: readonly string[]) =>
  writeFile(join(home, name), lines.map((line) => `${line}\n`).join(''))

/** What stands behind a flag. */
function behind(words: readonly string[], flag: string): string {
  const at = words.indexOf(flag)
  if (at < 0) throw new Error(`${words.join(' ')} has no ${flag}`)
  return words[at + 1] as string
}

describe('docs/import.md', () => {
  test('all that it tells to type is typed, and every format catches the ten too many', async () => {
    await lay('access.log', written.accessLog)
    await lay('access.json', written.accessJson)
    const judged: string[] = []
    for (const typed of commands) {
      const isSetting = (word: string) => /^[A-Z\d_]+=/.test(word)
      const env = Object.fromEntries(typed.filter(isSetting).map((word) => word.split('=')))
      const [program, ...quoted] = typed.filter((word) => !isSetting(word))
      const words = quoted.map((word) => word.replace(/^'(.*)'$/, '$1'))
      if (program === 'k6') {
        answered = 0
        expect(await run(k6, ['--quiet', ...words], { cwd: home, env })).toMatchObject({ code: 0 })
      } else if (program === 'vegeta') await lay(behind(words, '--output'), written.vegeta)
      else if (program === 'jmeter') await lay(behind(words, '-l'), written.jtl)
      else {
        expect(program).toBe('onset')
        const { code, stdout } = await onsetInside(words, { cwd: home })
        if (words[0] === 'import') expect({ words, code }).toEqual({ words, code: 0 })
        else {
          expect({ words, code, stdout }).toEqual({
            words,
            code: 1,
            stdout: expect.stringMatching(/^FAIL .*\nJudged from 620 requests: 610 accepted, 10 limited/),
          })
          judged.push(words.includes('--from') ? behind(words, '--from') : 'history')
        }
      }
    }
    expect(judged.toSorted()).toEqual([...importFormats, 'history'].toSorted())
  })
})
