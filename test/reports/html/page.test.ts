import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { escapeHtml, scriptJson } from '../../../reports/html/escape.ts'
import { renderHtml } from '../../../reports/html/index.ts'
import { makeModel } from '../../../reports/html/make-model.ts'
import { scheduleOf } from '../../../reports/html/schedule.ts'
import { shellWord } from '../../../reports/html/shell-word.ts'
import { historyOf, inputOf } from './history.ts'

const nasty = `</script><script>alert(1)</script><img src=x onerror="alert('2')">&amp;`

describe('the HTML of a report', () => {
  it('escapes whatever comes from outside', async () => {
    const history = historyOf('aaall', nasty)
    const page = await renderHtml({ ...inputOf(history, 3, nasty), specText: `# ${nasty}` })
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)')
    // The product's own three, and no more.
    expect(page.match(/<script/g)).toHaveLength(3)
    expect(page.match(/<\/script>/g)).toHaveLength(3)
  })

  it('shows what turns or hides text, and keeps JSON what it was', () => {
    expect(escapeHtml(`a\u202eb<"'&`)).toBe('a\\u202eb&lt;&quot;&#39;&amp;')
    const value = { [nasty]: `${nasty}\u2028<!--` }
    expect(JSON.parse(scriptJson(value))).toEqual(value)
    expect(scriptJson(value)).not.toMatch(/[<>\u2028]/)
  })

  it('lets only its own script and style run, and refers to nothing outside', async () => {
    const page = await renderHtml(inputOf(historyOf('aaall'), 3))
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? ''
    const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hash(/<script>(.*?)<\/script>/s.exec(page)?.[1])}`)
    expect(policy).toContain(`style-src ${hash(/<style>(.*?)<\/style>/s.exec(page)?.[1])}`)
    expect(page).not.toMatch(/\b(src|href)="(?!#)/)
    expect(page).not.toContain('@import')
  })

  it('says when there is no plan, and when requests were left out', async () => {
    const page = await renderHtml(inputOf(historyOf('a'.repeat(50) + 'l'.repeat(50)), 50), 20)
    expect(page).toContain('There is no plan beside this history')
    expect(page).toMatch(/The timelines hold \d+ of 100 requests/)
  })

  it('is about the value of the scope that the certificate names', () => {
    const { model } = makeModel(inputOf(historyOf('aaaaaaaall'), 3))
    expect(model.limits[0]).toMatchObject({ shown: 0, cells: [{ value: 'A', descriptors: [0] }] })
    expect(model.limits[0]?.proof?.lines.length).toBeGreaterThan(3)
  })
})

describe('the schedule', () => {
  it('counts lateness from the earliest request, and leaves out what a key was asked before', () => {
    const history = historyOf('aaaa')
    const plan = {
      descriptors: [{ name: 'A', scopes: {}, kind: 'alert' as const }],
      fills: [{ descriptor: 'A', ratePerSecond: 200, count: 5, startMs: 0, maxInFlight: 9 }],
    } as unknown as Parameters<typeof scheduleOf>[0]
    expect(scheduleOf(plan, history)?.fills[0]).toMatchObject({ planned: 5, sent: 4, latestMs: 15 })
    const listing = { ...plan, descriptors: [{ name: 'A', scopes: {}, kind: 'list' as const }] }
    expect(scheduleOf(listing, history)).toBeUndefined()
  })
})

describe('a word for a shell', () => {
  it('is quoted where it has to be', () => {
    expect([shellWord('runs/a-1'), shellWord("it's $HOME")]).toEqual(['runs/a-1', "'it'\\''s $HOME'"])
  })
})
