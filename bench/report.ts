/**
 * How large the HTML report of many requests is, how long it takes to make, how long a browser takes to open
 * it, and how fluid it stays while somebody zooms. A million requests should open in less than two seconds.
 *
 *   node bench/report.ts [--records 1000000] [--json]
 *
 * The exit code is 1 where it opens more slowly than that, or where there is no Chromium.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readHistoryBytes } from '../lib/history/index.ts'
import { judgedResult } from '../lib/run/index.ts'
import { renderHtml } from '../reports/html/index.ts'
import { launch, open } from '../test/reports/html/browser.ts'
import { historyLines, specOf, type Traffic } from './checker/history.ts'

const { values } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
})
const records = Number(values.records)
if (!Number.isInteger(records) || records < 1) {
  process.stderr.write(`--records: expected a whole number above 0, got ${values.records}\n`)
  process.exit(2)
}

const aimMs = 2_000
const traffic: Traffic = {
  records,
  inFlight: 10,
  limiter: 'fixed-window',
  scopes: 'integration+organization',
  seed: 1,
}
/** Presses keys on the plot and measures until the next picture has been drawn. */
const zooming = `(async () => {
  const plot = document.querySelector('[data-plot="timeline"] .canvas')
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  const times = []
  for (const key of [...'++++++++----++++--------00']) {
    await frame()
    const startedMs = performance.now()
    plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    await Promise.resolve()
    plot.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1)
    times.push(performance.now() - startedMs)
  }
  return times
})()`

const folder = mkdtempSync(join(tmpdir(), 'onset-bench-report-'))
try {
  const read = readHistoryBytes(Buffer.from([...historyLines(traffic)].join('')), undefined, { file: 'made' })
  if (!read.ok) throw new Error('the history that was made cannot be read')
  const spec = specOf(traffic)
  const result = judgedResult(read.history, spec)
  const startedMs = performance.now()
  const page = await renderHtml({ result, history: read.history, spec, commands: [] })
  const renderMs = performance.now() - startedMs
  const path = join(folder, 'report.html')
  writeFileSync(path, page)
  const measured = {
    records,
    megabytes: Buffer.byteLength(page) / 1e6,
    renderMs,
    ...(await inBrowser(path)),
  }
  if (values.json) process.stdout.write(`${JSON.stringify(measured, undefined, 2)}\n`)
  else
    console.table(
      Object.fromEntries(Object.entries(measured).map(([name, n]) => [name, Number(n.toFixed(1))])),
    )
  if (records <= 1_000_000 && measured.openMs > aimMs) {
    console.error(`It opens in ${Math.round(measured.openMs)} ms; the aim is ${aimMs} ms.`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Opens the report three times and keeps the slowest; then zooms the first plot step by step. */
async function inBrowser(path: string): Promise<{ openMs: number; zoomMedianMs: number; zoomMaxMs: number }> {
  const browser = await launch()
  try {
    let openMs = 0
    let zooms: number[] = []
    for (let time = 0; time < 3; time++) {
      const startedMs = performance.now()
      const { page, complaints } = await open(browser, path)
      await page.locator('[data-plot="timeline"]').first().scrollIntoViewIfNeeded()
      await page.waitForSelector('[data-plot="timeline"][data-ready]')
      // Until the browser has shown a picture with the plot in it.
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      openMs = Math.max(openMs, performance.now() - startedMs)
      if (complaints.length > 0) throw new Error(complaints.join('\n'))
      zooms = (await page.evaluate(zooming)) as number[]
      await page.context().close()
    }
    zooms.sort((one, other) => one - other)
    return { openMs, zoomMedianMs: zooms[zooms.length >> 1] ?? 0, zoomMaxMs: zooms.at(-1) ?? 0 }
  } finally {
    await browser.close()
  }
}
