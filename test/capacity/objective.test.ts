import { describe, expect, it } from 'vitest'
import { objectiveText, parseObjective } from '../../lib/capacity/index.ts'

describe('an objective', () => {
  it('is read from its text, and written as it is read', () => {
    const parsed = parseObjective(' p99.9 < 1s,p50<20ms, errors < 0.1%, lag < 30s ')
    expect(parsed).toEqual({
      ok: true,
      objective: {
        latency: [
          { percentile: 50, boundMs: 20 },
          { percentile: 99.9, boundMs: 1000 },
        ],
        errors: 0.001,
        lagMs: 30_000,
      },
    })
    if (!parsed.ok) return
    const text = objectiveText(parsed.objective)
    expect(text).toBe('p50 < 20ms, p99.9 < 1s, errors < 0.1%, lag < 30s')
    expect(parseObjective(text)).toEqual(parsed)
  })

  it('is refused with all that is wrong in it at once', () => {
    const parsed = parseObjective(
      'p99 > 200ms, p0 < 1s, errors < 2, lag < soon, p95 < 1s, p95 < 2s, speed < 1s',
    )
    expect(parsed).toEqual({
      ok: false,
      mistakes: [
        'expected a condition such as p99 < 200ms, errors < 0.1%, lag < 30s, found "p99 > 200ms"',
        'expected a percentile such as p99, errors or lag, found p0',
        'errors: expected a share such as 0.1%, found 2',
        'lag: expected a duration up to 1h such as 200ms, found soon',
        'p95 stands twice: leave one of them out',
        'expected a percentile such as p99, errors or lag, found speed',
      ],
    })
  })
})
