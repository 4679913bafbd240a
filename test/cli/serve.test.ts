import { describe, expect, it } from 'vitest'
import { onset, served, start, useFolder } from './onset.ts'

const folder = useFolder()

async function alerts(url: string, apiKey: string, count: number): Promise<number[]> {
  const created = await fetch(`${url}/api/v1/integrations/`, {
    method: 'POST',
    headers: { authorization: apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'formatted_webhook', name: 'try' }),
  })
  const { link } = (await created.json()) as { link: string }
  const statuses: number[] = []
  for (let sent = 0; sent < count; sent++) {
    statuses.push((await fetch(link, { method: 'POST', body: '{"title":"try"}' })).status)
  }
  return statuses
}

describe('onset serve', () => {
  it('serves limits as they are told, until it is stopped, with exit code 0', async () => {
    const { url, apiKey, running } = await served(['--limit', 'integration=3/1h', '--limit', 'apiKey=9'])
    expect(await alerts(url, apiKey, 5)).toEqual([200, 200, 200, 429, 429])
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  it('takes a configuration from a file, and options before it', async () => {
    const file = folder.write(
      'target.json',
      JSON.stringify({ limits: { integration: { limit: 1 }, organization: { limit: 4 } } }),
    )
    const { url, apiKey } = await served(['--config', file, '--limit', 'integration=2/1h', '--window', '1h'])
    expect(await alerts(url, apiKey, 3)).toEqual([200, 200, 429])
    expect(await alerts(url, apiKey, 3)).toEqual([200, 200, 429])
    expect(await alerts(url, apiKey, 1)).toEqual([429])
  })

  it('says how to use it', async () => {
    const running = start(['serve', '--port', '0'])
    await running.said('Ctrl-C')
    expect(running.stdout()).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+\nAPI key: \S+\n/)
    expect(running.stdout()).toContain('curl -X POST http://127.0.0.1:')
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 0, signal: null })
  })

  it('says that a port is taken, with exit code 4', async () => {
    const { url } = await served([])
    const { port } = new URL(url)
    expect(await onset(['serve', '--port', port])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: `Cannot listen on port ${port} of 127.0.0.1: another process uses it; choose another, or 0 for any free one.\n`,
    })
  })

  it('reports every mistake at once', async () => {
    const file = folder.write('target.json', '{"limits":{"integration":{"limit":-1}},"pageSize":0}')
    const args = [
      '--port',
      'x',
      '--limit',
      'team=3/5m',
      '--limit',
      'integration=3/5',
      '--algorithm',
      'fixed-windw',
    ]
    const { code, stdout, stderr } = await onset(['serve', ...args, '--window', 'long', '--config', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const starts = ['--port:', '--limit:', '--limit:', '--window:', '--algorithm:', '--config:', '--config:']
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(starts)
    expect(stderr).toContain('did you mean fixed-window?')
  })
})
