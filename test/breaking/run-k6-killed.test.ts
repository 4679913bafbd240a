import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHistoryBytes } from '../../lib/history/index.ts'
import { start, useFolder } from '../cli/onset.ts'
import { seeded } from '../simulation/simulate.ts'
import { counting, k6Of, noneStandsIn, pause, printedSeed } from './run-kit.ts'

const folder = useFolder()
const kills = Number(process.env.ONSET_KILLS ?? 4)

describe.runIf(process.platform === 'linux')('a k6 that is killed at any moment', () => {
  it('ends the run with exit code 4, or 1 where a limit is broken by then, and what was received is kept', async () => {
    const random = seeded(printedSeed())
    const codes: (number | null)[] = []
    for (let kill = 0; kill < kills; kill++) {
      const server = await counting()
      // Nothing is limited, which by turns shows late or as soon as k6 has fired a little.
      const limit = kill % 2 === 0 ? 1_000 : 20
      const spec = folder.write(
        `spec-${kill}.yaml`,
        `target: {kind: http, url: "${server.url}", dedicated: true}
limits: [{name: each, scope: caller, limit: ${limit}, window: 10s, algorithm: sliding-log, startsEmpty: true}]
`,
      )
      const run = join(folder.path, `run-${kill}`)
      const running = start(['verify', spec, '--out', run, '--quick', '--json'], { cwd: folder.path })
      let k6 = k6Of(run)
      for (; k6 === undefined; k6 = k6Of(run)) await pause(5)
      // One in four while it starts; the others once requests are answered, or twice as many as the limit is.
      const least = [0, 2 * limit, 1, 2 * limit][kill % 4] as number
      while (server.answeredMs.length < least) await pause(5)
      await pause(random() * 700)
      const killedMs = Date.now()
      process.kill(k6, 'SIGKILL')
      const { code, stdout, stderr } = await running.ended
      await noneStandsIn(folder.path)
      codes.push(code)

      expect(stderr).toContain('k6 was ended by SIGKILL')
      const read = readHistoryBytes(readFileSync(join(run, 'history.ndjson')), undefined, {})
      if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
      const { torn, status, count } = read.history
      const accepted = status.subarray(0, count).filter((each) => each === 200).length
      const surely = server.answeredMs.filter((atMs) => atMs < killedMs - 1_000).length
      expect(torn).toBe(false)
      expect(accepted).toBeGreaterThanOrEqual(surely)
      expect(accepted).toBeLessThanOrEqual(server.answeredMs.length)
      // All of it took less than a window, so one more than the limit is a certificate.
      expect(code, stderr).toBe(accepted > limit ? 1 : 4)
      if (count === 0) continue
      expect(JSON.parse(stdout)).toMatchObject({ verdict: accepted > limit ? 'fail' : 'inconclusive' })
    }
    expect(codes).toContain(1)
    expect(codes).toContain(4)
  })
})
