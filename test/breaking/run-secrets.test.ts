import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listening } from '../cli/gateways.ts'
import { served, start, useFolder } from '../cli/onset.ts'
import { commandLines, pause } from './run-kit.ts'

const folder = useFolder()

/** A target that repeats the key that it is sent in each field and user's name, as it is and in base64. */
async function telling(port: number, failing: boolean): Promise<{ url: string; tokens: Set<string> }> {
  const tokens = new Set<string>()
  const server = createServer((incoming, response) => {
    const key = incoming.headers.authorization ?? /webhook\/([^/]+)/.exec(incoming.url ?? '')?.[1] ?? ''
    if (incoming.headers.authorization === undefined) tokens.add(key)
    const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64')].join(' ')
    const { method, url, headers } = incoming
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        let body = Buffer.concat(pieces).toString()
        if (url?.includes('users/current')) body = body.replace(/"username":"/, `"username":"${forms} `)
        const { 'content-length': _, ...kept } = answer.headers
        const fail = failing && incoming.headers.authorization === undefined && tokens.size > 0
        const status = fail ? 503 : (answer.statusCode ?? 502)
        response.writeHead(status, { ...kept, 'ratelimit-policy': forms, 'retry-after': `1; ${forms}` })
        response.end(status >= 400 ? JSON.stringify({ detail: `refused ${forms}` }) : body)
      })
    })
    incoming.pipe(onward)
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, tokens }
}

/** Every file below a folder with what it holds, as far as it can be read at the moment. */
function filesBelow(path: string): [string, string][] {
  const read = (name: string): [string, string][] => {
    const file = join(path, name)
    try {
      return statSync(file).isFile() ? [[file, readFileSync(file, 'latin1')]] : []
    } catch {
      return []
    }
  }
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).flatMap(read)
}

describe.runIf(process.platform === 'linux')('a target that repeats every secret', () => {
  it.each([
    ['answers', false],
    ['fails', true],
  ])('brings none of them into an artefact, when it %s', async (_, failing) => {
    const keys = { KEY: randomBytes(18).toString('hex'), SETUP: randomBytes(18).toString('base64') }
    const user = { id: 'U', organization: 'onset', username: 'anna' }
    const config = folder.write(
      'target.json',
      JSON.stringify({
        limits: {
          integration: { limit: 20, windowMs: 1_000 },
          organization: null,
          apiKey: { limit: 1_000, windowMs: 1_000 },
        },
        users: [user],
        keys: Object.values(keys).map((key) => ({ key, user: 'U' })),
      }),
    )
    const { url } = await served(['--config', config])
    const target = await telling(Number(new URL(url).port), failing)
    const spec = folder.write(
      'spec.yaml',
      `target: {url: "${target.url}", apiKey: "\${KEY}", setupKey: "\${SETUP}", dedicated: true}
limits: [{name: own, scope: integration, limit: 20, window: 1s, startsEmpty: true}]
`,
    )
    const run = join(folder.path, 'run')
    const args = ['verify', spec, '--quick', '--out', run, '--json', '--delivered-within', '1s']
    const running = start(args, { cwd: folder.path, env: keys })
    let isOver = false
    void running.ended.then(() => (isOver = true))
    const meanwhile = new Map<string, string>()
    let sawK6 = false
    while (!isOver) {
      const lines = commandLines().filter((line) => line.includes(run))
      sawK6 ||= lines.some((line) => line.includes('--console-output'))
      meanwhile.set('command lines', (meanwhile.get('command lines') ?? '') + lines.join('\n'))
      for (const [file, text] of filesBelow(folder.path)) {
        if (!file.endsWith('target.json')) meanwhile.set(file, text)
      }
      await pause(100)
    }
    const { code, stdout, stderr } = await running.ended
    expect(failing ? [4] : [0, 3], stderr).toContain(code)
    expect(sawK6).toBe(true)
    const history = readFileSync(join(run, 'history.ndjson'), 'utf8')
    // It was repeated, and blacked out.
    expect(history).toContain('***')
    expect(target.tokens.size).toBeGreaterThan(0)
    const artefacts = [...meanwhile, ...filesBelow(run), ['stdout', stdout], ['stderr', stderr]] as const
    for (const secret of [...Object.values(keys), ...target.tokens]) {
      const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
      const found = artefacts.filter(([, text]) => forms.some((form) => text?.includes(form)))
      expect(found.map(([name]) => name)).toEqual([])
    }
  })
})
