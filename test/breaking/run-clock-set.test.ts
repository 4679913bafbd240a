import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onset, start, useFolder } from '../cli/onset.ts'
import { counting, pause } from './run-kit.ts'

const folder = useFolder()

/** Sets the wall clock of a Node process on SIGUSR2. Its monotonic clock, and the clock of k6, stay as they are. */
const settable = `const read = Date.now
let byMs = 0
Date.now = () => read() + byMs
process.on('SIGUSR2', () => { byMs = Number(process.env.SET_BY_MS) })
`

/** Answers 20 requests in each window of 2 s, which begins with its first request, and refuses the others. */
function limiting() {
  let window = { untilMs: 0, count: 0 }
  return counting((_, response) => {
    const nowMs = performance.now()
    if (nowMs >= window.untilMs) window = { untilMs: nowMs + 2_000, count: 0 }
    response.writeHead(++window.count > 20 ? 429 : 200).end()
  })
}

describe.runIf(process.platform === 'linux')('a clock that is set while k6 fires', () => {
  // A machine that stalls leaves the history open in any case, so that the step is not all that matters.
  it.each([5_000, -5_000])(
    'by %i ms takes the pass away, and nothing else does',
    { retry: 2 },
    async (byMs) => {
      const server = await limiting()
      const spec = folder.write(
        'spec.yaml',
        `target: {kind: http, url: "${server.url}", dedicated: true}
limits: [{name: each, scope: caller, limit: 20, window: 2s, startsEmpty: true}]
`,
      )
      const run = join(folder.path, 'run')
      const env = {
        NODE_OPTIONS: `--import=${folder.write('settable.mjs', settable)}`,
        SET_BY_MS: String(byMs),
      }
      const running = start(['verify', spec, '--out', run, '--json'], { cwd: folder.path, env })
      while (server.answeredMs.length < 25) await pause(5)
      running.child.kill('SIGUSR2')
      const { code, stdout, stderr } = await running.ended
      expect(code, stderr).toBe(3)
      const result = JSON.parse(stdout)
      const sentence =
        /^It would pass, but the clock was set by -?(49|50)\d\d ms[^:]*: instants before and after cannot/
      expect(result).toMatchObject({
        verdict: 'inconclusive',
        limits: [
          { verdict: 'inconclusive', reason: 'assumption', explanation: expect.stringMatching(sentence) },
        ],
      })
      const lines = readFileSync(join(run, 'history.ndjson'), 'utf8').trimEnd().split('\n')
      const steps = lines.filter((line) => line.includes('"clock-step"'))
      expect(steps).toHaveLength(1)
      expect(Math.abs(JSON.parse(steps[0] as string).byMs - byMs)).toBeLessThan(100)
      expect(result.assumptions).toContainEqual({
        name: 'no clock step during the run',
        held: false,
        why: expect.stringContaining('the clock was set by'),
        removes: ['each'],
      })

      // k6 stamped by a clock that was left alone: without the step the very same records are a pass.
      const others = lines.filter((line) => !line.includes('"clock-step"'))
      const history = folder.write('without.ndjson', `${others.join('\n')}\n`)
      const without = await onset(['check', history, '--spec', spec, '--json'], { cwd: folder.path })
      expect(JSON.parse(without.stdout)).toMatchObject({ verdict: 'pass' })
    },
  )
})
