import { describe, expect, it } from 'vitest'
import { useFolder } from '../cli/onset.ts'
import { verifyDocumented } from './documented-limits.ts'

const windowMs = 5_000
const folder = useFolder()

describe('the documented limits, by the real command with the real k6', () => {
  // The others, and limits a little off, of each kind, are in the long run.
  // A machine that stalls makes a run inconclusive, and rightly so; it never makes it fail.
  it('pass as a first-hit-window', { retry: 2 }, async () => {
    const { code, result } = await verifyDocumented(folder.path, windowMs, [
      '--embedded-algorithm',
      'first-hit-window',
    ])
    expect(result.limits.map(({ verdict }) => verdict)).not.toContain('fail')
    expect(result.limits.map(({ onset }) => onset?.acceptedBefore)).toEqual([
      [300, 300],
      [500, 500],
      [300, 300],
    ])
    expect(code).toBe(0)
  })
})
