import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onset, useFolder } from '../cli/onset.ts'
import { launch } from '../reports/html/browser.ts'

const folder = useFolder()
const run = (...args: string[]) => onset(args, { cwd: folder.path })

describe('measure, choose, apply, verify', () => {
  it('limits that were chosen for what was measured hold where they are applied, and not where they were measured', async () => {
    // Measure: a platform with wide limits, asked for a lot. What is chosen is about alerts alone.
    const ofAlerts = ['--only', 'integration,organization', '--no-html']
    const measured = await run('verify', '--window', '10s', ...ofAlerts, '--out', 'measured')
    expect(measured.code).toBe(0)

    // Choose: half of what it let through at once has to do.
    const chosen = await run(
      ...['tune', 'measured', '--vary', 'integration', '--limits', '100,150,200,250'],
      ...['--never-above', '300/10s@integration', '--out', 'chosen'],
    )
    expect({ code: chosen.code, stderr: chosen.stderr }).toEqual({ code: 0, stderr: '' })
    expect(chosen.stdout).toContain('RECOMMENDED  150 in 10s')
    expect(await readFile(join(folder.path, 'chosen', 'oncall.env'), 'utf8')).toContain(
      '"integration":"150/10s"',
    )

    // What was measured is no platform with these limits.
    const before = await run('check', 'measured', '--spec', 'chosen/spec.yaml')
    expect(before.code).toBe(1)

    // Apply, and verify: the embedded target enforces what stands in the spec.
    const after = await run('verify', 'chosen/spec.yaml', ...ofAlerts, '--out', 'applied')
    expect({ code: after.code, said: after.code === 0 ? '' : after.stdout }).toEqual({ code: 0, said: '' })
    expect(after.stdout).toContain('150 in 10s')
  })

  it('is shown by the command alone', async () => {
    const { code, stdout, stderr } = await run('tune', '--out', 'tuned')
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
    expect(stdout).toContain('RECOMMENDED  150 in 5m, organization 750 in 5m')
    expect(stdout).toContain('PASS  Both limits begin where they are written to.')
  })
})

describe('the page', () => {
  const scope = 'integration-of-the-department-for-payments-and-all-that-belongs-to-it'

  /** What nobody would choose, and somebody has. */
  function longNames(): string[] {
    const startMs = Date.UTC(2026, 10, 23, 8)
    const name = (index: number) =>
      `payments-production-eu-west-1-alertmanager-with-a-very-long-name-${index}<b>`
    const header = {
      format: 'onset-history',
      version: 1,
      tool: 'test',
      startedAt: new Date(startMs).toISOString(),
      clockSlackMs: 1,
      descriptors: Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [name(index), { [scope]: name(index) }]),
      ),
    }
    const sent = Array.from({ length: 3_000 }, (_, row) => ({
      descriptor: name((row * row) % 60),
      sent: startMs + 40_000 * row,
      received: startMs + 40_000 * row + 1,
      status: 200,
    }))
    const lines = [header, ...sent, { event: 'end', at: startMs + 4e7, reason: 'finished' }]
    folder.write('long.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const limit = { name: `alerts for each ${scope}`, scope, limit: 20, window: '1h' }
    folder.write('long.yaml', JSON.stringify({ limits: [limit] }))
    const limits = Array.from({ length: 30 }, (_, index) => index + 1).join(',')
    const wanted = ['--windows', '10m,1h,2h', '--never-above', '50/1h']
    return ['long.ndjson', '--spec', 'long.yaml', '--limits', limits, ...wanted]
  }

  it.each([
    ['of a storm', () => ['--no-prove']],
    ['of many limits and long names', longNames],
  ])('%s can be read by everybody, in light and dark, on a narrow screen', async (_, args) => {
    expect(await run('tune', ...args(), '--out', 'tuned')).toMatchObject({ code: 0 })
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
    const browser = await launch()
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          colorScheme,
          bypassCSP: true,
          viewport: { width: 420, height: 800 },
        })
        const page = await context.newPage()
        const failures: string[] = []
        page.on('pageerror', (error) => failures.push(String(error)))
        page.on('console', (message) => failures.push(message.text()))
        await page.goto(`file://${join(folder.path, 'tuned', 'tuning.html')}`)
        await page.evaluate(axe)
        const violations = (await page.evaluate('axe.run().then((found) => found.violations)')) as {
          id: string
        }[]
        expect({ colorScheme, violations: violations.map(({ id }) => id), failures }).toEqual({
          colorScheme,
          violations: [],
          failures: [],
        })
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect(wider).toBeLessThanOrEqual(0)
      }
    } finally {
      await browser.close()
    }
  })
})
