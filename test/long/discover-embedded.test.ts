import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseResult } from '../../lib/result/index.ts'
import { onset, useFolder } from '../cli/onset.ts'
import { hiddenPlatform, mistakesOf, scopes } from '../discover/simulated.ts'

const folder = useFolder()
const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
const platforms = Number(process.env.ONSET_PLATFORMS ?? 3)

/** Windows are a sixth as long as those on a virtual clock, in whole seconds: 2 to 10. */
const shorter = 6
const leastSeconds = 2
const spec = `limits:
${([300, 500, 300] as const)
  .map((limit, k) => `  - {name: per ${scopes[k]}, scope: ${scopes[k]}, limit: ${limit}, window: 4s}`)
  .join('\n')}
`

test.each(Array.from({ length: platforms }, (_, k) => first + k))(
  'k6 finds the limits of the embedded target, whatever they are (seed %i)',
  async (seed) => {
    const drawn = hiddenPlatform(seed)
    const hidden = {
      ...drawn,
      limits: Object.fromEntries(
        scopes.map((scope) => {
          const { limit, windowMs } = drawn.limits[scope]
          const seconds = Math.max(leastSeconds, Math.round(windowMs / shorter / 1000))
          return [scope, { limit: Math.ceil(limit / 4), windowMs: seconds * 1000 }]
        }),
      ) as typeof drawn.limits,
    }
    const enforced = scopes.map((scope) => [scope, { ...hidden.limits[scope], algorithm: hidden.algorithm }])
    const config = { limits: Object.fromEntries(enforced), nameRefuser: hidden.namesRefuser }
    const embedded = folder.write('embedded.json', JSON.stringify(config))
    const args = ['--embedded', embedded, '--no-html', '--no-reconcile']
    const run = `run-${seed}`
    const found = await onset(
      ['verify', folder.write('spec.yaml', spec), ...args, '--discover', '--out', run],
      { cwd: folder.path },
    )
    const parsed = parseResult(readFileSync(join(folder.path, run, 'result.json'), 'utf8'), 'result.json')
    const measured = parsed.ok ? (parsed.result.measured ?? []) : []
    console.log(JSON.stringify({ seed, ...config, measured }))
    expect(measured, found.stderr).toHaveLength(3)
    expect(mistakesOf(hidden, measured)).toEqual([])
    // What was found is never contradicted; whether it passes at once depends on windows, and on the machine.
    const path = join(folder.path, run, 'measured.yaml')
    if (!existsSync(path)) return
    const again = await onset(['verify', path, ...args, '--out', `${run}-again`], { cwd: folder.path })
    expect(again.code, again.stdout).not.toBe(1)
  },
)
