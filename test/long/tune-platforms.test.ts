import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import type { History } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { type CandidateLimit, type Setting, settingsOf } from '../../lib/tune/index.ts'
import { fireAt } from '../third-party/fire-at.ts'
import { burstsAt } from './platforms/bursts-at.ts'
import { complaints, haproxy, isThere, nginx, type ProxyProgram, started } from './platforms/proxy.ts'

const limit = (scope: string, most: number, windowMs: number): CandidateLimit => ({
  name: scope,
  scope,
  limit: most,
  windowMs,
  algorithm: 'fixed-window',
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
})
const of = (limits: CandidateLimit[], name: string) =>
  settingsOf(limits).find(({ platform }) => platform.startsWith(name)) as Setting

/** Sets of limits that take every path of the words. */
const sets: [string, CandidateLimit[]][] = [
  ['of OnCall', ['integration', 'organization', 'apiKey'].map((scope) => limit(scope, 300, 300_000))],
  ['of an address, at no whole rate', [limit('ip', 100, 420_000)]],
  ['of the same scope twice', [limit('integration', 300, 300_000), limit('integration', 20, 1_000)]],
  ['of a week, an hour and part of a second', [604_800_000, 3_600_000, 100].map((ms) => limit('ip', 7, ms))],
  ['of four scopes', ['ip', 'integration', 'organization', 'apiKey'].map((scope) => limit(scope, 9, 60_000))],
  ['of the most that a spec can state', [limit('ip', 1_000_000, 604_800_000)]],
]

describe.skipIf(!isThere('go', 'version'))('the rate limit service of Envoy', () => {
  it.each(sets)('loads limits %s', (_, limits) => {
    const folder = mkdtempSync(join(tmpdir(), 'onset-envoy-'))
    try {
      writeFileSync(join(folder, 'onset.yaml'), of(limits, 'Envoy').text)
      const { status, stdout, stderr } = spawnSync(
        'go',
        ['tool', 'config_check_cmd', '-config_dir', folder],
        { cwd: join(import.meta.dirname, 'platforms', 'envoy'), encoding: 'utf8' },
      )
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

const proxies: [string, ProxyProgram, typeof sets][] = [
  ['nginx', nginx, sets],
  // As it is packed and told nothing else, it tracks three.
  ['HAProxy', haproxy, sets.filter(([, limits]) => limits.length <= 3)],
]

describe.each(proxies)('%s', (name, proxy, possible) => {
  const isMissing = !isThere(proxy.program, '-v')

  it.skipIf(isMissing).each(possible)('starts with limits %s', (_, limits) => {
    expect(complaints(proxy, of(limits, name).text)).toBe('')
  })

  it.skipIf(isMissing)('does not start until a word is replaced that nobody can know', () => {
    const { text } = of([limit('caller', 20, 2_000)], name)
    expect(complaints(proxy, text)).toMatch(/REPLACE_caller/i)
  })
})

/** The program with limits of 20 in 2 s for each value of a header, and what its words say that amounts to. */
async function withTwenty(name: string, program: ProxyProgram, header: string) {
  const { text, amountsTo } = of([limit('caller', 20, 2_000)], name)
  const server = await started(program, text.replace(/\$?REPLACE_caller(?= (zone|table))/, header))
  return { server, amountsTo: (amountsTo as CandidateLimit[])[0] as CandidateLimit }
}

function verdictAs(history: History, as: object) {
  const base = { name: 'requests', scope: 'apiKey', limit: 20, window: '2s' }
  const [result] = judge(history, specSchema.parse({ limits: [{ ...base, ...as }] })).limits
  return { as, verdict: result?.verdict, explanation: result?.explanation }
}

// A machine that stalls makes a run inconclusive, and rightly so: then it is recorded anew.
describe('fired at,', { retry: 2 }, () => {
  it.skipIf(!isThere('nginx', '-v'))('nginx is a token bucket, and no window', async () => {
    const { server, amountsTo } = await withTwenty('nginx', nginx, '$http_x_key')
    expect(amountsTo).toMatchObject({ algorithm: 'token-bucket', limit: 20, windowMs: 2_000 })
    const history = await fireAt(server.url, amountsTo).finally(server.close)
    expect(verdictAs(history, { algorithm: 'token-bucket' })).toMatchObject({ verdict: 'pass' })
    for (const algorithm of ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter']) {
      expect(verdictAs(history, { algorithm })).toMatchObject({ verdict: 'fail' })
    }
  })

  it.skipIf(!isThere('haproxy', '-v'))(
    'HAProxy is a sliding counter that counts what it refuses',
    async () => {
      const { server, amountsTo } = await withTwenty('HAProxy', haproxy, 'req.hdr(x-key)')
      const { algorithm, limitedRequests } = amountsTo
      expect({ algorithm, limitedRequests }).toEqual({
        algorithm: 'sliding-counter',
        limitedRequests: 'counted',
      })
      // Within the window after the first 22, as many count as if they were spread evenly over theirs.
      const history = await burstsAt(server.url, [
        [0, 22],
        [2_600, 10],
        [5_000, 20],
      ]).finally(server.close)
      const { verdict, explanation } = verdictAs(history, { algorithm, limitedRequests })
      expect({ verdict, explanation }).not.toMatchObject({ verdict: 'fail' })
      expect(explanation).toMatch(/^Explained/)
      const others = [
        { algorithm, limitedRequests: 'free' },
        ...['fixed-window', 'first-hit-window', 'sliding-log', 'token-bucket'].map((other) => ({
          algorithm: other,
        })),
      ]
      for (const other of others) expect(verdictAs(history, other)).toMatchObject({ verdict: 'fail' })
    },
  )
})
