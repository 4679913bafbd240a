import { describe, expect, it } from 'vitest'
import { progressLine, renderProgress } from '../../reports/terminal/index.ts'

const tally = { sent: 1203, accepted: 300, limited: 900, unknown: 2, inFlight: 1, ratePerSecond: 61.25 }
const progress = {
  elapsedMs: 65_400,
  leftMs: 594_600,
  descriptors: new Map([
    ['A', tally],
    ['K\u001b[2J', { ...tally, sent: 7 }],
  ]),
}

describe('progress on a terminal', () => {
  it('has a line for each descriptor and one for the time', () => {
    expect(renderProgress(progress, { width: 80, color: false })).toMatchInlineSnapshot(`
      [
        "A           1203 sent   300 accepted   900 limited   2 unknown    61.3/s",
        "K\\u001b[2J     7 sent   300 accepted   900 limited   2 unknown    61.3/s",
        "65.4 s since the start, at most 9 min 55 s left",
      ]
    `)
  })

  it('leaves the last column free, so that no line breaks and redrawing stays in place', () => {
    for (const width of [40, 50, 80]) {
      const lines = renderProgress(progress, { width, color: false })
      expect(lines).toHaveLength(3)
      for (const line of lines) expect(line.length).toBeLessThan(width)
    }
  })

  it('is one line in a log', () => {
    expect(progressLine(progress)).toMatchInlineSnapshot(
      `"65.4 s since the start, at most 9 min 55 s left: A 1203 sent, 300 accepted, 900 limited, 2 unknown; K\\u001b[2J 7 sent, 300 accepted, 900 limited, 2 unknown"`,
    )
  })
})
