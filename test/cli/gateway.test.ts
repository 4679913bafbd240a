import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ExitCode, parseResult, type Result } from '../../lib/result/index.ts'
import { onset, served, useFolder } from './onset.ts'

const folder = useFolder()

/** A gateway in front of a target, and what it refused by itself. */
interface Gateway {
  url: string
  refused: number
}

/**
 * Passes everything on, but answers every ninth alert that the target refuses with a refusal of its
 * own: so there are two that refuse, and the limits are kept all the same.
 */
async function gatewayTo(target: string): Promise<Gateway> {
  const gateway: Gateway = { url: '', refused: 0 }
  let refusedByTarget = 0
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url = '' } = incoming
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      const isRefusal = answer.statusCode === 429 && url.startsWith('/integrations/')
      if (isRefusal && ++refusedByTarget % 9 === 0) {
        gateway.refused++
        answer.resume()
        response.writeHead(429, { 'content-type': 'text/plain', server: 'gate/1.4', 'x-gate-zone': 'eu-1' })
        // As some do, it gives away for whom: the token of the integration.
        response.end(`Slow down, ${url.split('/').at(-2)}: try again in ${gateway.refused + 1} seconds.`)
      } else {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return gateway
}

function resultIn(run: string): Result {
  const parsed = parseResult(readFileSync(join(run, 'result.json'), 'utf8'), 'result.json')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.result
}

/** Verifies limits that are kept, through a gateway that refuses by itself as well. */
async function verifiedThroughGateway(name: string) {
  const limits = ['integration=30/3s', 'organization=50/3s', 'apiKey=40/3s']
  const { url, apiKey } = await served(limits.flatMap((limit) => ['--limit', limit]))
  const gateway = await gatewayTo(url)
  const spec = folder.write(
    `${name}.yaml`,
    `target: {url: "${gateway.url}", apiKey: "\${KEY}", dedicated: true}
limits:
  - {name: per integration, scope: integration, limit: 30, window: 3s, tolerance: 10%, startsEmpty: true}
  - {name: per organization, scope: organization, limit: 50, window: 3s, tolerance: 10%, startsEmpty: true}
  - {name: per key, scope: apiKey, limit: 40, window: 3s, tolerance: 10%, startsEmpty: true}
`,
  )
  const run = join(folder.path, name)
  const ended = await onset(['verify', spec, '--out', run], { env: { KEY: apiKey } })
  const lines = readFileSync(join(run, 'history.ndjson'), 'utf8').split('\n')
  return { gateway, apiKey, run, lines, ...ended }
}

describe('a gateway in front of the target', () => {
  it('that refuses by itself is named as a second kind of refusals, and changes no verdict', async () => {
    let verified = await verifiedThroughGateway('run')
    // A machine that stalls lets answers come too late: they are recorded as none, and many of them stop the firing.
    const isStalled = ({ code, lines }: typeof verified) =>
      code === ExitCode.notCarriedOut || lines.some((line) => line.includes('"status":0'))
    for (let again = 1; isStalled(verified) && again <= 2; again++)
      verified = await verifiedThroughGateway(`run-${again}`)
    const { gateway, apiKey, run, lines, code, stdout, stderr } = verified
    // A machine that stalls makes it inconclusive, and rightly so; but a limit that is kept never fails.
    expect([0, 3], stderr).toContain(code)
    expect(gateway.refused).toBeGreaterThan(2)

    const { attribution = [] } = resultIn(run)
    const [own, ...more] = attribution.filter(({ unexpected }) => unexpected)
    expect(more).toEqual([])
    expect(own).toMatchObject({
      looks: 'says Slow down, *: try again in # seconds.; from gate; as text/plain; with x-gate-zone',
      count: gateway.refused,
    })
    expect(own).not.toHaveProperty('limitedBy')
    const named = attribution.filter(({ unexpected }) => !unexpected)
    expect(named.map(({ limitedBy }) => limitedBy).toSorted()).toEqual([
      'apiKey',
      'integration',
      'organization',
    ])

    expect(own?.lines).toHaveLength(gateway.refused)
    for (const line of own?.lines ?? []) expect(lines[line - 1]).toContain('"x-gate-zone"'.slice(1, -1))

    const told = stdout.replaceAll(/\s+/g, ' ')
    expect(told).toContain('REFUSALS - 4 kinds of refusals, of which one is not accounted for by the limits')
    expect(told).toContain(`not accounted for: ${gateway.refused} of`)
    expect(told).toContain('"says Slow down, *: try again in # seconds.; from gate;')

    const links = [...new Set(lines.flatMap((line) => line.match(/formatted_webhook\/\w+/g) ?? []))]
    expect(links).toEqual([])
    for (const file of readdirSync(run)) expect(readFileSync(join(run, file), 'utf8')).not.toContain(apiKey)
  })
})
