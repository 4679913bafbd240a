import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHistoryBytes } from '../../lib/history/index.ts'
import { onset, start, useFolder } from '../cli/onset.ts'
import { seeded } from '../simulation/simulate.ts'
import { counting, noneNames, pause, printedSeed } from './run-kit.ts'

const folder = useFolder()
const kills = Number(process.env.ONSET_KILLS ?? 4)

const specFor = (url: string) => `target: {kind: http, url: "${url}", dedicated: true}
limits: [{name: each, scope: caller, limit: 60, window: 2s, startsEmpty: true}]
`

const recordsIn = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1

describe.runIf(process.platform === 'linux')('an Onset that is killed at any moment', () => {
  it('loses nothing that it received a second before, and leaves no process', async () => {
    const random = seeded(printedSeed())
    let recorded = 0
    for (let kill = 0; kill < kills; kill++) {
      const server = await counting()
      const spec = folder.write(`spec-${kill}.yaml`, specFor(server.url))
      const run = join(folder.path, `run-${kill}`)
      const running = start(['verify', spec, '--out', run, '--quick'], { cwd: folder.path })
      // One in four before k6 fires, while it starts; the others while requests are answered, one of
      // them when a tenth of the run is in its history.
      const path = join(run, 'history.ndjson')
      if (kill % 4 === 0) {
        while (!existsSync(join(run, 'plan.json'))) await pause(5)
      } else if (kill % 4 === 1) {
        while (!existsSync(path) || recordsIn(path) < 20) await pause(5)
      } else {
        while (server.answeredMs.length === 0) await pause(5)
      }
      await pause(random() * (kill % 4 === 1 ? 300 : 2_000))
      const killedMs = Date.now()
      running.child.kill('SIGKILL')
      await running.ended
      await noneNames(run)

      const surely = server.answeredMs.filter((atMs) => atMs < killedMs - 1_000).length
      if (!existsSync(path)) {
        expect(surely).toBe(0)
        continue
      }
      const read = readHistoryBytes(readFileSync(path), undefined, {})
      if (!read.ok) {
        // Killed before the header was on its way.
        expect({ text: readFileSync(path, 'utf8'), surely }).toEqual({ text: '', surely: 0 })
        continue
      }
      expect(read.history.count).toBeGreaterThanOrEqual(surely)
      if (!read.history.torn) continue
      recorded += read.history.count
      const { code, stdout, stderr } = await onset(['check', run, '--json'], { cwd: folder.path })
      expect([1, 3], stderr).toContain(code)
      expect(JSON.parse(stdout)).toMatchObject({ run: { torn: true } })
    }
    expect(recorded).toBeGreaterThan(0)
  })
})

describe.runIf(process.platform === 'linux')('whoever looks on', () => {
  it('may leave after the first line: the run goes on, is judged and kept', async () => {
    const server = await counting()
    const spec = folder.write('spec.yaml', specFor(server.url))
    const through = '"$@" 2>&1 | head -1; echo "code ${PIPESTATUS[0]}"'
    const { stdout } = await onset(['verify', spec, '--out', 'run', '--quick'], { cwd: folder.path, through })
    // Nothing is limited, so what is written down is broken.
    expect(stdout).toMatch(/code 1\n$/)
    expect(existsSync(join(folder.path, 'run', 'result.json'))).toBe(true)
  })

  it('may close the terminal: the firing stops, and what was recorded is judged and kept', async () => {
    const server = await counting()
    const spec = folder.write('spec.yaml', specFor(server.url))
    const run = join(folder.path, 'run')
    // `script` is the terminal: it is gone as soon as it is killed.
    const through = `exec script -qec "$(printf '%q ' exec "$@")" /dev/null`
    const running = start(['verify', spec, '--out', run], { cwd: folder.path, through })
    while (server.answeredMs.length < 20) await pause(10)
    running.child.kill('SIGKILL')
    await noneNames(run)
    const text = readFileSync(join(run, 'history.ndjson'), 'utf8')
    expect(JSON.parse(text.trimEnd().split('\n').at(-1) as string)).toMatchObject({
      event: 'end',
      reason: 'interrupted',
    })
    expect(existsSync(join(run, 'result.json'))).toBe(true)
  })

  it('may end it by SIGTERM, with exit code 130', async () => {
    const server = await counting()
    const spec = folder.write('spec.yaml', specFor(server.url))
    const run = join(folder.path, 'run')
    const running = start(['verify', spec, '--out', run], { cwd: folder.path })
    while (server.answeredMs.length < 20) await pause(10)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(130)
    await noneNames(run)
    expect(existsSync(join(run, 'result.json'))).toBe(true)
  })
})
