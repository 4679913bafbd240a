import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { onsetInside } from '../cli/inside.ts'
import { blocksOf, root } from './markdown.ts'

const blocks = await blocksOf('docs/ci.md')
const action = parse(await readFile(join(root, 'action.yml'), 'utf8'))

interface Step {
  id?: string
  uses?: string
  with?: Record<string, unknown>
}

test('the workflow of docs/ci.md hands the action only what it takes', () => {
  const workflow = blocks
    .map(({ text, language }) => language === 'yaml' && parse(text))
    .find((read) => read.jobs)
  const { steps } = workflow.jobs.limits as { steps: Step[] }
  const own = steps.filter(({ uses }) => uses?.includes('/onset@'))
  expect(own).toHaveLength(1)
  for (const name of Object.keys(own[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name)
})

test('every option in the examples of docs/ci.md is one of its command', async () => {
  const lines = blocks
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => /\bonset (verify|report) /.test(line))
  expect(lines.length).toBeGreaterThan(7)
  const help = new Map<string, string>()
  for (const command of ['verify', 'report']) {
    const { stdout } = await onsetInside([command, '--help'])
    help.set(command, stdout)
  }
  for (const line of lines) {
    const command = /\bonset (verify|report) /.exec(line)?.[1] as string
    for (const [flag] of line.matchAll(/--[a-z-]+/g)) expect(help.get(command)).toContain(`${flag} `)
  }
})

test('docs/ci.md states what the benchmark is asked for where nothing is said', async () => {
  const doc = await readFile(join(root, 'docs/ci.md'), 'utf8')
  const bench = await readFile(join(root, 'bench/compare.ts'), 'utf8')
  const byDefault = (name: string) =>
    new RegExp(`'?${name}'?: \\{ type: 'string', default: '([\\d,]+)'`).exec(bench)?.[1]
  const [seconds, perSecond, margin] = ['seconds', 'per-second', 'margin'].map(byDefault)
  expect(doc).toContain(`${seconds} s at ${perSecond} requests a second, margin ${margin} %`)
  expect(doc).toContain(`${Number(byDefault('pairs')).toLocaleString('en')} pairs`)
  expect(doc).toContain(`seed ${byDefault('seed')}`)
})
