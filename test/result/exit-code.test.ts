import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CommandEnd, exitCode, overallVerdict, type Verdict, verdicts } from '../../lib/result/index.ts'

describe('the exit code', () => {
  test.each<[CommandEnd, number]>([
    [{}, 0],
    [{ verdict: 'pass' }, 0],
    [{ verdict: 'fail' }, 1],
    [{ mistaken: true }, 2],
    [{ verdict: 'inconclusive' }, 3],
    [{ notCarriedOut: true }, 4],
    [{ interrupted: true }, 130],
  ])('of %j is %i', (end, code) => {
    expect(exitCode(end)).toBe(code)
  })

  test('is the first of 130, 2, 1, 4, 3, 0 where several hold', () => {
    const end = fc.record({
      interrupted: fc.boolean(),
      mistaken: fc.boolean(),
      notCarriedOut: fc.boolean(),
      verdict: fc.constantFrom<Verdict[]>(...verdicts),
    })
    fc.assert(
      fc.property(end, (given) => {
        const holds = new Map([
          [130, given.interrupted],
          [2, given.mistaken],
          [1, given.verdict === 'fail'],
          [4, given.notCarriedOut],
          [3, given.verdict === 'inconclusive'],
          [0, true],
        ])
        expect(exitCode(given)).toBe([130, 2, 1, 4, 3, 0].find((code) => holds.get(code)))
      }),
    )
  })
})

describe('the verdict over several', () => {
  test.each<[Verdict[], Verdict]>([
    [[], 'inconclusive'],
    [['pass', 'pass'], 'pass'],
    [['pass', 'inconclusive', 'pass'], 'inconclusive'],
    [['inconclusive', 'fail', 'pass'], 'fail'],
  ])('of %j is %s', (parts, overall) => {
    expect(overallVerdict(parts)).toBe(overall)
  })
})
