import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type History, Outcome, readHistoryBytes } from '../../lib/history/index.ts'
import { mostReadBackRequests } from '../../lib/oncall/index.ts'
import { parseResult, type Result } from '../../lib/result/index.ts'
import type { TargetConfigInput } from '../../lib/target/index.ts'
import { type Ended, onset, start, useFolder } from '../cli/onset.ts'

const folder = useFolder()

/** One onset is enough: what becomes of alerts does not hang on how well the limit is known. */
const limits = `limits:
  - {name: per integration, scope: integration, limit: 20, window: 1s, tolerance: 20%, startsEmpty: true}
`

/** A run against an embedded target of this kind, short, and without an end to wait for. */
function verify(target: TargetConfigInput, more: readonly string[] = []): Promise<Ended> {
  return onset(argumentsFor(target, more), { cwd: folder.path })
}

function argumentsFor(target: TargetConfigInput, more: readonly string[]): string[] {
  const spec = folder.write('spec.yaml', limits)
  const config = folder.write('target.json', JSON.stringify(target))
  return ['verify', spec, '--embedded', config, '--quick', '--out', 'run', '--json', ...more]
}

function resultOf(text: string): Result {
  const parsed = parseResult(text, 'result.json')
  if (!parsed.ok) throw new Error(JSON.stringify([text, parsed.mistakes]))
  return parsed.result
}

function historyOf(run: string): History {
  const read = readHistoryBytes(readFileSync(join(folder.path, run, 'history.ndjson')))
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
  return read.history
}

/** How many alerts of A met what. */
function metBy(history: History, outcome: Outcome): number {
  const a = history.descriptors.findIndex(({ name }) => name === 'A')
  let count = 0
  for (let row = 0; row < history.count; row++) {
    if (history.descriptor[row] === a && history.outcome[row] === outcome) count++
  }
  return count
}

const soon = ['--delivered-within', '1s']

describe('a run reads back what became of its alerts', () => {
  it('and finds nothing where the target does what it says; late is not lost', async () => {
    const { code, stdout, stderr } = await verify({ processingDelayMs: 1_200 })
    const { findings, reconciliation, delivery, limits } = resultOf(stdout)
    const accepted = metBy(historyOf('run'), Outcome.accepted)
    expect({ findings, code }).toEqual({ findings: [], code: 3 })
    expect(limits[0]?.verdict).not.toBe('fail')
    expect(reconciliation).toEqual([
      { descriptor: 'A', accepted: [accepted, accepted], counted: accepted, agrees: true },
    ])
    const [least, most] = delivery?.[0]?.lagMs ?? [0, 0]
    // The delay counts from when the target took the alert in, which is after it was sent.
    expect(most).toBeGreaterThanOrEqual(1_200)
    expect(least).toBeLessThanOrEqual(most ?? 0)
    expect(stderr).toContain('What was accepted exists, and what was refused does not.')
  })

  it('and fails where 1 in 7 alerts is lost, also when it is judged again', async () => {
    const { code, stdout } = await verify({ faults: { loseOneIn: 7 } }, soon)
    const { verdict, findings, limits } = resultOf(stdout)
    const lost = Math.floor(metBy(historyOf('run'), Outcome.accepted) / 7)
    expect({ code, verdict }).toEqual({ code: 1, verdict: 'fail' })
    expect(lost).toBeGreaterThan(0)
    expect(findings).toMatchObject([
      { kind: 'lost-alerts', level: 'fail', descriptor: 'A', count: [lost, lost] },
    ])
    expect(limits[0]?.verdict).not.toBe('fail')

    const again = await onset(['check', 'run', '--json'], { cwd: folder.path })
    expect(again.code).toBe(1)
    expect(resultOf(again.stdout)).toMatchObject({
      verdict: 'fail',
      findings,
      warnings: [{ code: 'stored-findings' }],
    })
    const shown = await onset(['check', 'run'], { cwd: folder.path })
    expect(shown.stdout).toContain('alerts that were accepted are lost')
  })

  it('and tells alerts that are there twice from refused ones that exist', async () => {
    const { code, stdout } = await verify({ faults: { doubleOneIn: 6, takeInRefusedOneIn: 4 } })
    const history = historyOf('run')
    const doubled = Math.floor(metBy(history, Outcome.accepted) / 6)
    const refused = Math.floor(metBy(history, Outcome.limited) / 4)
    expect(code).toBe(1)
    expect([doubled > 0, refused > 0]).toEqual([true, true])
    expect(resultOf(stdout).findings).toMatchObject([
      { kind: 'doubled-alerts', level: 'fail', count: [doubled, doubled] },
      { kind: 'refused-alert-exists', level: 'fail', count: [refused, refused] },
    ])
  })

  it('and lets alerts exist or not whose answer was lost', async () => {
    const disturbances = [
      { how: 'reset', on: 'ingest', every: 6, times: 2, handled: true },
      { how: 'reset', on: 'ingest', after: 3, every: 6, times: 2 },
    ] as const
    const { stdout } = await verify({ faults: { disturbances: [...disturbances] } })
    const history = historyOf('run')
    const accepted = metBy(history, Outcome.accepted)
    expect(metBy(history, Outcome.unknown)).toBe(4)
    expect(resultOf(stdout)).toMatchObject({
      findings: [],
      reconciliation: [{ accepted: [accepted, accepted + 4], counted: accepted + 2, agrees: true }],
    })
  })

  it('and says that it could not where the API is dead after the firing; limits are judged', async () => {
    const disturbances = [{ how: 'reset', on: 'api', afterAlerts: 1 }] as const
    const { code, stdout } = await verify({ faults: { disturbances: [...disturbances] } })
    const { findings, limits, verdict } = resultOf(stdout)
    expect(findings).toMatchObject([{ kind: 'unreconciled', level: 'inconclusive', descriptor: 'A' }])
    expect(limits[0]?.onset).toMatchObject({ descriptor: 'A' })
    expect([code, verdict]).toEqual([3, 'inconclusive'])
  })

  it('and not where nobody wants to know', async () => {
    const { stdout, stderr } = await verify({ faults: { loseOneIn: 7 } }, ['--no-reconcile'])
    const result = resultOf(stdout)
    expect([result.findings, result.reconciliation, result.verdict]).toEqual([
      undefined,
      undefined,
      'inconclusive',
    ])
    expect(stderr).not.toContain('Reading back')
  })

  it('with as many requests as a dry run says, at most', async () => {
    const { stdout } = await verify({}, ['--dry-run', '--delivered-within', '30s'])
    expect(JSON.parse(stdout)).toMatchObject({ readBackAtMost: mostReadBackRequests(30_000) })
    const nothing = await verify({}, ['--dry-run', '--no-reconcile'])
    expect(JSON.parse(nothing.stdout)).toMatchObject({ readBackAtMost: 0 })
  })

  it('until it is interrupted: what is known by then is told', async () => {
    const args = argumentsFor({ faults: { loseOneIn: 7 } }, ['--delivered-within', '10m'])
    const running = start(args, { cwd: folder.path })
    await running.said('Reading back what became of the alerts')
    const path = join(folder.path, 'run', 'history.ndjson')
    const polls = () => readFileSync(path, 'utf8').split('"descriptor":"S"').length
    const before = polls()
    while (polls() < before + 2) await new Promise((resolve) => setTimeout(resolve, 20))
    running.child.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    expect(resultOf(stdout)).toMatchObject({
      findings: [{ kind: 'unreconciled', level: 'inconclusive' }],
      reconciliation: [{ agrees: null, counted: expect.any(Number) }],
      run: { interrupted: true },
    })
  })
})
