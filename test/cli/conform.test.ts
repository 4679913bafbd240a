import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { questions } from '../../lib/conform/index.ts'
import { parseResult } from '../../lib/result/index.ts'
import { onsetInside } from './inside.ts'
import { onset, useFolder } from './onset.ts'

const folder = useFolder()

describe('onset conform', () => {
  it('asks the embedded target, and leaves the evidence', async () => {
    const out = join(folder.path, 'run')
    const { code, stdout, stderr } = await onset([
      'conform',
      '--questions',
      'authentication,pagination',
      '--json',
      '--out',
      out,
    ])
    const parsed = parseResult(stdout, 'standard output')
    if (!parsed.ok) throw new Error(stdout)
    const { answers = [], verdict, limits, headers } = parsed.result
    expect({ code, verdict, limits }).toEqual({ code: 0, verdict: 'pass', limits: [] })
    expect(answers.map(({ question, says }) => [question, says])).toEqual([
      ['auth-no-key', 'refused'],
      ['auth-wrong-key', 'refused'],
      ['auth-bearer', 'refused'],
      ['auth-other-organization', 'hidden'],
      ['pages-each-once', 'once'],
      ['pages-count', 'right'],
      ['pages-links', 'right'],
      ['pages-size', 'as-asked'],
      ['pages-past-end', '404'],
      ['pages-while-added', 'once'],
    ])
    expect(headers?.findings.filter(({ rule }) => rule.startsWith('rule ')).length).toBe(32)
    expect(stderr).toContain('Made 5 integrations that notify nobody: A, B, C, D, E.')

    const lines = readFileSync(join(out, 'history.ndjson'), 'utf8').split('\n')
    const noKey = answers.find(({ question }) => question === 'auth-no-key')
    const record = JSON.parse(lines[(noKey?.records[0] as number) - 1] as string)
    expect(record).toMatchObject({ descriptor: 'N', status: 403 })
    // What was printed is what is kept, and is rendered again.
    expect(readFileSync(join(out, 'result.json'), 'utf8')).toBe(stdout)
    const again = await onsetInside(['report', out, '--format', 'terminal'])
    expect(again.stdout).toContain('Is a request without a key refused?')
  })

  it('says what asking would cost, and sends nothing', async () => {
    const spec = folder.write(
      'spec.yaml',
      `target: {kind: oncall, url: "http://127.0.0.1:9", apiKey: "\${CONFORM_KEY}"}
limits:
  - {name: alerts, scope: integration, limit: 300, window: 5m}
`,
    )
    vi.stubEnv('CONFORM_KEY', 'a-key-of-a-test')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { code, stdout } = await onsetInside(['conform', spec, '--questions', 'all', '--dry-run', '--json'])
    const intent = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(intent.alerts).toBeGreaterThan(300)
    expect(intent.unasked.map(({ question }: { question: string }) => question)).toEqual([
      'auth-other-organization',
      'whose-same-user',
      'whose-other-user',
      'whose-other-organization',
      'isolation-hammered',
      'isolation-other-organization',
    ])
    // Nobody said that others may be refused meanwhile.
    const refused = await onsetInside(['conform', spec, '--questions', 'isolation'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('--accept-blackout')
  })

  it('lists the questions', async () => {
    const { stdout } = await onsetInside(['conform', '--list'])
    for (const { id } of questions) expect(stdout).toContain(`${id} `)
  })

  it('tells all mistakes at once', async () => {
    const { code, stderr } = await onsetInside([
      'conform',
      '--questions',
      'pagination,everything',
      '--max-requests',
      'many',
      '--window',
      '5',
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('--questions: there is no question or group "everything"')
    expect(stderr).toContain('--max-requests: expected a whole number')
    expect(stderr).toContain('--window: expected a duration')
  })

  it('stops when the disk is full, with exit code 4', async () => {
    // A limit on the size of files stands for the full disk.
    const through = 'ulimit -f 2; exec "$@"'
    const args = ['conform', '--questions', 'isolation-quiet', '--out', 'full']
    const { code, stdout, stderr } = await onset(args, { cwd: folder.path, through })
    expect(stdout).toContain('the disk is full')
    expect(stderr).toContain('the disk is full')
    expect(code).toBe(4)
    // What can no more be recorded is no more sent: the question takes more than 300 alerts.
    expect(Number(/Asked with (\d+) requests/.exec(stdout)?.[1])).toBeLessThan(250)
  })

  it('sends no more than its budget, and says so', async () => {
    const out = join(folder.path, 'spent')
    const args = ['conform', '--questions', 'pagination', '--max-requests', '20', '--json', '--out', out]
    const { code, stdout } = await onset(args)
    const parsed = parseResult(stdout, 'standard output')
    if (!parsed.ok) throw new Error(stdout)
    expect(parsed.result.answers?.map(({ says }) => says)).toEqual(Array(6).fill('cannot-tell'))
    expect(parsed.result.answers?.[0]?.why).toBe('The budget of 20 requests was used up.')
    expect(parsed.result.coverage?.records).toBeLessThanOrEqual(20)
    expect(code).toBe(3)
  })
})
