import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../package/markdown.ts'
import { run } from '../package/run.ts'
import { xmlElements } from '../reports/well-formed-xml.ts'
import { useFolder } from './onset.ts'

interface Action {
  inputs: Record<string, { default: string }>
  outputs: Record<string, { value: string }>
  runs: { steps: { name: string; id?: string; run?: string; env?: Record<string, string> }[] }
}

const folder = useFolder()
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action

/** Runs the step as a runner does: the inputs filled in, the files for its outputs at hand. */
async function verifyStep(given: Readonly<Record<string, string>>) {
  const step = action.runs.steps.find(({ id }) => id === 'verify')
  if (!step?.run) throw new Error('there is no step verify')
  const filled = Object.entries(step.env ?? {}).map(([name, text]) => [
    name,
    text.replace(/\$\{\{ (?:inputs\.([\w-]+)|github\.action_path) \}\}/g, (_, input?: string) => {
      if (input === undefined) return root
      const known = action.inputs[input]
      if (!known) throw new Error(`there is no input ${input}`)
      return given[input] ?? known.default
    }),
  ])
  const [output, summary] = [join(folder.path, 'output'), join(folder.path, 'summary')]
  writeFileSync(output, '')
  writeFileSync(summary, 'before\n')
  const script = join(folder.path, 'step.sh')
  writeFileSync(script, step.run)
  const ended = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: folder.path,
    env: { ...Object.fromEntries(filled), GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  })
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
  return {
    ...ended,
    outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Record<
      string,
      string
    >,
    summary: readFileSync(summary, 'utf8'),
  }
}

describe('the GitHub action', () => {
  it('leaves the verdict, the summary and the JUnit report of a run', async () => {
    writeFileSync(
      join(folder.path, 'my limits.yaml'),
      'limits:\n  - {name: mine, scope: integration, limit: 30, window: 3s, tolerance: 10%, startsEmpty: true}\n',
    )
    const { code, outputs, summary, stderr } = await verifyStep({
      spec: 'my limits.yaml',
      run: 'a run',
      baseline: 'none',
      'first-run-ok': 'true',
      // Windows that begin with the first alert: an edge in the middle of the burst would leave it open.
      arguments:
        '--no-html --quick --embedded-algorithm first-hit-window\n  --embedded-limits integration=29',
    })
    expect({ code, outputs }).toEqual({
      code: 1,
      outputs: { verdict: 'fail', 'exit-code': '1', run: 'a run', junit: 'a run.xml' },
    })
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(action.outputs).toSorted())
    expect(summary).toMatch(/^before\n## ❌ Onset: FAIL\n[\s\S]*^### ✅ No base/m)
    expect(stderr).toMatch(/^::error title=Onset%3A mine::/m)
    const xml = xmlElements(readFileSync(join(folder.path, 'a run.xml'), 'utf8'))
    expect(xml[0]?.attributes).toMatchObject({ failures: '1' })
    expect(existsSync(join(folder.path, 'a run', 'report.html'))).toBe(false)
  })

  it('says where there is nothing to be judged, and carries out nothing that stands in an input', async () => {
    const hostile = '$(touch pwned) `touch pwned`; touch pwned #.yaml'
    const { code, outputs, summary, stderr } = await verifyStep({
      spec: hostile,
      strict: 'true',
      margin: '5%',
    })
    expect(code).toBe(2)
    expect(outputs).toMatchObject({ verdict: 'none', 'exit-code': '2', junit: '' })
    expect(summary).toContain('exit code 2')
    expect(stderr).toContain(`the spec ${JSON.stringify(hostile)} cannot be read`)
    expect(stderr).toContain('--strict is for a run with --baseline')
    expect(existsSync(join(folder.path, 'pwned'))).toBe(false)
  })

  it('has no script into which an input is written', () => {
    const scripts = action.runs.steps.flatMap(({ run: script }) => script ?? [])
    expect(scripts.length).toBeGreaterThan(1)
    for (const script of scripts) expect(script).not.toContain('${{')
  })
})
