import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium, waysToChromium } from '../../../scripts/chromium/find.ts'

/** Starts a Chromium with a profile of its own. Where there is none, the test fails and says what to do. */
export async function launch(): Promise<Browser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(waysToChromium)
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet],
  })
}

/** A page that is open, with all that it complained about and asked for. */
export interface OpenPage {
  page: Page
  complaints: string[]
  requests: string[]
}

/** Opens a file and waits until it can be used. */
export async function open(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(`file://${path}`)
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  return { page, complaints, requests }
}
