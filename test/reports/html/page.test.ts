import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagSides } from '../../../reports/html/client/flag-sides.ts'
import { escapeHtml, scriptJson } from '../../../reports/html/escape.ts'
import { renderHtml } from '../../../reports/html/index.ts'
import { makeModel } from '../../../reports/html/make-model.ts'
import { offeredCells } from '../../../reports/html/offered-cells.ts'
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

  it('names the bursts that it cannot show, and shows one of which nothing was sent', async () => {
    const history = historyOf('aaaa')
    const burst = { ratePerSecond: 200, count: 5, startMs: 0, maxInFlight: 9 }
    const plan = {
      descriptors: [
        { name: 'A', scopes: {}, kind: 'alert' as const },
        { name: 'B', scopes: {}, kind: 'alert' as const },
        { name: 'K', scopes: {}, kind: 'list' as const },
      ],
      fills: ['A', 'B', 'K'].map((descriptor) => ({ descriptor, ...burst })),
      watches: [],
      deadlineMs: 1000,
      maxRequests: 15,
    } as unknown as NonNullable<Parameters<typeof renderHtml>[0]['plan']>
    expect(scheduleOf(plan, history)).toMatchObject({
      fills: [
        { descriptor: 'A', sent: 4 },
        { descriptor: 'B', planned: 5, sent: 0 },
      ],
      leftOut: ['K'],
    })
    const page = await renderHtml({ ...inputOf(history, 3), plan })
    expect(page).toContain('Not shown: the opening burst of K.')
  })
})

describe('the values of a scope that a timeline offers', () => {
  const viewOf = (values: string[], shown: number, withOnset: number[]) => ({
    cells: values.map((value, index) => ({ value, descriptors: [index] })),
    shown,
    onsets: withOnset.map((descriptor) => ({ descriptor, firstLimitedUs: 0 })),
  })

  it('are all of them, in their order, where they are few', () => {
    const { cells, leftOut } = offeredCells(viewOf(['b', 'a', 'c'], 1, [2]))
    expect({ words: cells.map(({ words }) => words), leftOut }).toEqual({
      words: ['b', 'a', 'c'],
      leftOut: 0,
    })
  })

  it('are the one that is shown, those with an onset and the first ones, where they are very many', () => {
    const values = Array.from({ length: 5000 }, (_, k) => `value ${k}`)
    const { cells, leftOut } = offeredCells(viewOf(values, 4000, [300, 4999]))
    expect(leftOut).toBe(4800)
    expect(cells.slice(0, 2).map(({ index }) => index)).toEqual([0, 1])
    expect(cells.slice(-4).map(({ index }) => index)).toEqual([196, 300, 4000, 4999])
  })

  it('are shortened in the middle, and no character is cut in two', () => {
    const long = `${'😀'.repeat(80)}-end`
    const words = offeredCells(viewOf([long, 'b'], 0, [])).cells[0]?.words ?? ''
    expect([...words]).toHaveLength(61)
    expect(words).toMatch(/^😀.* … 😀+-end$/u)
    expect(words.isWellFormed()).toBe(true)
  })
})

describe('the names of upright lines', () => {
  it('stand where they cross no line, no other name and no edge, or not at all', () => {
    const flag = fc.record({ x: fc.integer({ min: 0, max: 500 }), width: fc.integer({ min: 20, max: 60 }) })
    const gap = 8
    fc.assert(
      fc.property(fc.array(flag, { minLength: 1, maxLength: 8 }), (unsorted) => {
        const flags = unsorted.toSorted((one, other) => one.x - other.x)
        const xs = flags.map(({ x }) => x)
        const sides = flagSides(
          xs,
          flags.map(({ width }) => width),
          { from: 0, to: 500, gap },
        )
        const spans = flags.flatMap(({ x, width }, k): [number, number][] => {
          if (sides[k] === 'right') return [[x + gap, x + gap + width]]
          return sides[k] === 'left' ? [[x - gap - width, x - gap]] : []
        })
        spans.forEach(([from, to], k) => {
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(500)
          expect(xs.filter((x) => x > from && x < to)).toEqual([])
          expect(spans[k + 1]?.[0] ?? to).toBeGreaterThanOrEqual(to)
        })
      }),
    )
  })

  it('take the right first, then the left', () => {
    const room = { from: 0, to: 500, gap: 8 }
    expect(flagSides([100, 300], [50, 50], room)).toEqual(['right', 'right'])
    expect(flagSides([100, 120], [50, 50], room)).toEqual(['left', 'right'])
    expect(flagSides([450, 480], [50, 50], room)).toEqual(['left', undefined])
  })
})

describe('a word for a shell', () => {
  it('is quoted where it has to be', () => {
    expect([shellWord('runs/a-1'), shellWord("it's $HOME")]).toEqual(['runs/a-1', "'it'\\''s $HOME'"])
  })
})
