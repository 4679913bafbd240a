#!/usr/bin/env node
// Takes the pictures of reports in docs/ anew, after a change to the page: of a run that passes, and of one
// against a stand-in that lets one alert too many through; of the capacity of the embedded target; and of the
// limits that are recommended for a storm.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../lib/fire/k6/index.ts'
import { launch, open } from '../test/reports/html/browser.ts'

const root = packageRoot(import.meta.url)
const pictures = [
  { name: 'report-pass', height: 980, args: [], exitCode: 0 },
  { name: 'report-fail', height: 1160, args: ['--embedded-limits', 'integration=301'], exitCode: 1 },
]

const folder = mkdtempSync(join(tmpdir(), 'onset-pictures-'))
const browser = await launch()
try {
  for (const { name, height, args, exitCode } of pictures) {
    const run = join(folder, name)
    const { status } = spawnSync(
      process.execPath,
      ['lib/cli/main.ts', 'verify', '--no-progress', '--out', run, ...args],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    )
    if (status !== exitCode)
      throw new Error(`the run of ${name} ended with ${status} instead of ${exitCode}: take it again`)
    const { page } = await open(browser, join(run, 'report.html'), { viewport: { width: 1100, height } })
    await page.screenshot({ path: join(root, 'docs', `${name}.png`) })
    await page.context().close()
  }
  await takeCapacity(join(folder, 'capacity'))
  await takeTuning(join(folder, 'tuned'))
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}

/** The answer and the plots of `onset capacity` without a spec. */
async function takeCapacity(run: string): Promise<void> {
  const args = ['lib/cli/main.ts', 'capacity', '--out', run]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`onset capacity ended with ${status} instead of 0: take it again`)
  const page = await browser.newPage({ viewport: { width: 1000, height: 1240 } })
  await page.goto(`file://${join(run, 'capacity.html')}`)
  await page.screenshot({ path: join(root, 'docs', 'capacity.png') })
  await page.context().close()
}

/** The frontier and the timeline of `onset tune` without a history. */
async function takeTuning(tuned: string): Promise<void> {
  const args = ['lib/cli/main.ts', 'tune', '--no-prove', '--out', tuned]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`onset tune ended with ${status} instead of 0`)
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } })
  await page.goto(`file://${join(tuned, 'tuning.html')}`)
  const frontier = await page.locator('section', { hasText: 'The frontier' }).boundingBox()
  const timeline = await page.locator('section', { hasText: 'and when' }).boundingBox()
  if (!frontier || !timeline) throw new Error('the page has no frontier or no timeline')
  await page.screenshot({
    path: join(root, 'docs', 'tuning.png'),
    fullPage: true,
    clip: { x: 0, y: frontier.y - 8, width: 1100, height: timeline.y + timeline.height - frontier.y + 16 },
  })
}
