import { HistogramLogReader } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { renderGithub } from '../../reports/github.ts'
import { renderHgrm, renderHlog } from '../../reports/histograms.ts'
import { renderJunit } from '../../reports/junit.ts'
import { renderMarkdown } from '../../reports/markdown.ts'
import { renderOpenmetrics } from '../../reports/openmetrics.ts'
import { failing, open, passing, resultOf } from './results.ts'

const hostile = { ...open, name: 'a "b" <c> & |@d|\u0000\n::error::x' }

describe('JUnit', () => {
  it('has a test case for each limit, and what is not settled is no pass', () => {
    const xml = renderJunit(resultOf([passing, failing, open]))
    expect(xml).toContain('<testsuites name="onset" tests="3" failures="1" errors="1" time="0.000">')
    expect(xml.match(/<testcase /g)).toHaveLength(3)
    expect(xml).toContain('type="over-admission">Not 500 in 5 min: more were let through.\n501 accepted')
    expect(xml).toContain('type="inconclusive: never-reached">')
  })

  it('holds no character that XML cannot, and no markup of others', () => {
    const xml = renderJunit(resultOf([hostile]))
    expect(xml).toContain('name="a &quot;b&quot; &lt;c&gt; &amp; |@d|\ufffd&#10;::error::x: 300 in 0.5 s"')
    expect(xml).not.toContain('\u0000')
  })
})

describe('Markdown', () => {
  it('has a row for each limit and says what is behind those that do not pass', () => {
    const markdown = renderMarkdown(resultOf([passing, failing]))
    expect(markdown).toContain('| alerts per integration | 300 in 300 s | ✅ PASS | A after 300 |')
    expect(markdown).toContain('Seen instead: consistent with 506 in 300 s.')
  })

  it('keeps names from being markup, mentions or rows', () => {
    const rows = renderMarkdown(resultOf([hostile])).split('\n')
    expect(rows.filter((row) => row.startsWith('| a '))).toHaveLength(1)
    expect(rows.join('\n')).toContain('\\<c\\> \\& \\|@\u200bd\\|')
  })
})

it('GitHub sees an error or a warning a limit, and no command that a name smuggles in', () => {
  const lines = renderGithub(resultOf([passing, failing, hostile]))
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^::error title=Onset%3A alerts per organization::Not 500/)
  expect(lines[1]).toMatch(/^::warning title=/)
  expect(lines[1]).toContain('%0A%3A%3Aerror%3A%3Ax')
})

it('OpenMetrics says each verdict as a state, escapes labels and ends', () => {
  const text = renderOpenmetrics(resultOf([passing, hostile]))
  expect(text).toContain('onset_verdict{onset_verdict="inconclusive"} 1\n')
  expect(text).toContain(
    '{limit="alerts per integration",scope="integration",onset_limit_verdict="pass"} 1\n',
  )
  expect(text).toContain('limit="a \\"b\\" <c>')
  expect(text.endsWith('# EOF\n')).toBe(true)
})

it('histograms are read back by the tools with the values that were recorded', () => {
  const history = historyFromRecords(
    { descriptors: { A: { integration: 'A' } } },
    Array.from({ length: 100 }, (_, k) => ({
      descriptor: 'A',
      sentUs: k * 20_000,
      receivedUs: k * 20_000 + 1_000 * (k + 1),
      outcome: Outcome.accepted,
    })),
  )
  const reader = new HistogramLogReader(renderHlog(history))
  const found = [reader.nextIntervalHistogram(), reader.nextIntervalHistogram()]
  expect(found.map((each) => each?.totalCount)).toEqual([50, 50])
  expect(found[0]?.tag).toBe('A')
  expect(reader.nextIntervalHistogram()).toBeNull()
  expect(renderHgrm(history, 'A')).toMatch(/Total count {4}= +100\]/)
  expect(renderHgrm(history, 'B')).toBe('')
})
