import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filePieces, readHistory } from '../../../lib/history/index.ts'
import { judgedResult } from '../../../lib/run/index.ts'
import { parseSpec } from '../../../lib/spec/index.ts'
import { renderHtml } from '../../../reports/html/index.ts'
import { launch, open } from './browser.ts'

const histories = join(import.meta.dirname, '..', '..', 'histories')
const names = {
  pass: 'refusal-before-acceptance-pins-the-boundary',
  fail: '21-fails-for-20-after-two-onsets',
  open: '21-passes-for-20-after-one-onset',
} as const

let folder: string
let browser: Browser
const pageOf = (name: keyof typeof names) => join(folder, `${name}.html`)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-report-'))
  for (const [name, file] of Object.entries(names))
    await writeFile(join(folder, `${name}.html`), await reportOf(file))
  browser = await launch()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function reportOf(name: string): Promise<string> {
  const file = join(histories, `${name}.yaml`)
  const spec = parseSpec(await readFile(file, 'utf8'), { file, env: {}, offline: true })
  if (!spec.ok) throw new Error(`${name}.yaml does not parse`)
  const read = await readHistory(filePieces(join(histories, `${name}.ndjson`)), spec.spec.outcomes, {
    file: name,
  })
  if (!read.ok) throw new Error(`${name}.ndjson cannot be read`)
  const result = judgedResult(read.history, spec.spec)
  return renderHtml({ result, history: read.history, spec: spec.spec, commands: [] })
}

/** Brings every plot into sight, which makes it. */
async function makePlots(page: Page): Promise<void> {
  for (const figure of await page.locator('figure.plot').all()) {
    await figure.scrollIntoViewIfNeeded()
    await figure.and(page.locator('[data-ready]')).waitFor()
  }
}

const timeline = (page: Page) => page.locator('[data-plot="timeline"]').first()
const pointed = (page: Page) => timeline(page).locator('.pointed')
/** The plot as a picture: what is drawn says what is seen. */
const picture = (page: Page) =>
  page.evaluate(
    `document.querySelector('[data-plot="timeline"] .canvas canvas').toDataURL()`,
  ) as Promise<string>

describe('a report in Chromium', () => {
  it('says the verdict in words, complains of nothing and asks for nothing', async () => {
    for (const [name, word] of [
      ['pass', 'Pass'],
      ['fail', 'Fail'],
      ['open', 'Inconclusive'],
    ] as const) {
      const { page, complaints, requests } = await open(browser, pageOf(name))
      await makePlots(page)
      expect(await page.locator('h1').innerText()).toContain(word)
      expect(complaints).toEqual([])
      expect(requests).toEqual([`file://${pageOf(name)}`])
      await page.context().close()
    }
  })

  it('has no serious fault for those who cannot see or point, in light and in dark', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(browser, pageOf('fail'), { colorScheme })
      await makePlots(page)
      await page.evaluate(axe)
      const violations = (await page.evaluate('axe.run().then((found) => found.violations)')) as {
        id: string
        impact: string
        nodes: { html: string }[]
      }[]
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
      await page.context().close()
    }
  })

  it('tells of the request that is pointed at, by the mouse and by the keyboard', async () => {
    const { page } = await open(browser, pageOf('fail'))
    await makePlots(page)
    const plot = timeline(page).locator('.canvas')
    await plot.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => pointed(page).innerText()).toMatch(/^Line 2: accepted · A, sent \+0\.100 s/)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => pointed(page).innerText()).toMatch(/^Line 3: accepted .* of 20 counted before it/)
    await page.keyboard.press('e')
    await expect.poll(() => pointed(page).innerText()).toMatch(/^Line 23: limited .* answered 429 at/)
    await page.keyboard.press('Escape')
    await expect.poll(() => pointed(page).innerText()).toBe('')

    const over = timeline(page).locator('.u-over')
    await over.scrollIntoViewIfNeeded()
    const box = await over.boundingBox()
    if (!box) throw new Error('the plot is not to be seen')
    // The last request is the last mark at the right, in the lane of what was accepted.
    await page.keyboard.press('End')
    const last = await pointed(page).innerText()
    await page.keyboard.press('Home')
    await page.mouse.move(box.x + box.width * 0.98, box.y + box.height - 48)
    await expect.poll(() => pointed(page).innerText()).toBe(last)
    expect(last).toMatch(/^Line 64: /)
    await page.context().close()
  })

  it('zooms by buttons, keys, the wheel and by dragging, and back', async () => {
    const { page } = await open(browser, pageOf('fail'))
    await makePlots(page)
    const plot = timeline(page).locator('.canvas')
    await plot.scrollIntoViewIfNeeded()
    await plot.focus()
    const whole = await picture(page)
    const ways: [string, () => Promise<void>][] = [
      ['button', () => timeline(page).locator('[data-do="in"]').click()],
      ['key', () => plot.press('+')],
      ['wheel', () => overPlot(page, 0.5).then(() => page.mouse.wheel(0, -400))],
      ['drag', () => drag(page)],
    ]
    for (const [way, zoom] of ways) {
      await plot.focus()
      await zoom()
      await expect.poll(() => picture(page), { message: way }).not.toBe(whole)
      await page.mouse.move(0, 0)
      await plot.press('Escape')
      await plot.press('0')
      await expect.poll(() => picture(page), { message: `${way}, and back` }).toBe(whole)
    }
    await page.context().close()
  })

  it('shows a step of the certificate on the timeline', async () => {
    const { page } = await open(browser, pageOf('fail'))
    await makePlots(page)
    const before = await picture(page)
    await page.locator('.show-step').last().click()
    await expect.poll(() => picture(page)).not.toBe(before)
    await expect.poll(() => pointed(page).innerText()).toMatch(/^Line \d+: accepted/)
    await page.context().close()
  })

  it('turns dark by its switch, and draws anew', async () => {
    const { page } = await open(browser, pageOf('pass'), { colorScheme: 'light' })
    await makePlots(page)
    const light = await picture(page)
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const was = await ground()
    await page.locator('#theme').click()
    expect(await page.locator('#theme').getAttribute('aria-pressed')).toBe('true')
    expect(await ground()).not.toBe(was)
    await expect.poll(() => picture(page)).not.toBe(light)
    await page.context().close()
  })

  it('prints in light colours, with every plot made and everything open, and is then what it was', async () => {
    const { page } = await open(browser, pageOf('fail'), { colorScheme: 'dark' })
    const state = `({
      theme: document.documentElement.dataset.theme,
      closed: document.querySelectorAll('details:not([open])').length,
      plots: document.querySelectorAll('figure.plot[data-ready]').length,
    })`
    const before = await page.evaluate(state)
    const all = await page.locator('figure.plot').count()
    expect(before).toMatchObject({ closed: await page.locator('details').count() })
    await page.evaluate(`addEventListener('beforeprint', () => { window.printed = ${state} })`)
    await page.pdf()
    expect(await page.evaluate('window.printed')).toEqual({ theme: 'light', closed: 0, plots: all })
    await expect.poll(() => page.evaluate(state)).toEqual({ ...(before as object), plots: all })
    await page.context().close()
  })

  it('needs no scrolling sideways at the width of a phone', async () => {
    for (const name of ['pass', 'fail', 'open'] as const) {
      const { page } = await open(browser, pageOf(name), { viewport: { width: 360, height: 740 } })
      await makePlots(page)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      await page.context().close()
    }
  })
})

async function overPlot(page: Page, share: number): Promise<void> {
  const box = await timeline(page).locator('.u-over').boundingBox()
  if (!box) throw new Error('the plot is not to be seen')
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 3)
}

async function drag(page: Page): Promise<void> {
  await overPlot(page, 0.2)
  await page.mouse.down()
  await overPlot(page, 0.3)
  await overPlot(page, 0.5)
  await page.mouse.up()
}
