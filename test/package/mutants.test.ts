import { expect, it } from 'vitest'
import { mutantsDrawn, nameOf, rangeOf } from '../../scripts/mutants/mutant.ts'
import { drawn } from '../../scripts/mutants/sample.ts'
import { inWords, scoresOf } from '../../scripts/mutants/score.ts'

const mutants = (...statuses: string[]) => ({ mutants: statuses.map((status) => ({ status })) })

it('counts what some test noticed, by folder, and nothing that was not tried', () => {
  const { folders, all } = scoresOf({
    files: {
      'lib/check/judge.ts': mutants('Killed', 'Survived', 'CompileError'),
      'lib/check/blame.ts': mutants('NoCoverage', 'Timeout', 'Ignored'),
      'lib/limiters/gcra.ts': mutants('Killed'),
      'lib/limiters/none/none.ts': mutants('CompileError'),
    },
  })
  expect([...folders]).toEqual([
    ['lib/check', { noticed: 2, tried: 4 }],
    ['lib/limiters', { noticed: 1, tried: 1 }],
  ])
  expect(all).toEqual({ noticed: 3, tried: 5 })
})

it('says of a sample alone between which shares all of them lie', () => {
  expect(inWords({ noticed: 9, tried: 10 }, false)).toBe('9 of 10, 90.0 %')
  expect(inWords({ noticed: 9, tried: 10 }, true)).toBe('9 of 10, 90.0 % (55.5 to 99.7)')
  expect(inWords({ noticed: 0, tried: 0 }, true)).toBe('none tried')
})

it('draws so many, each once, the same from the same seed, and others from another', () => {
  const all = Array.from({ length: 1000 }, (_, k) => k)
  const sample = drawn(all, 50, 1)
  expect(new Set(sample).size).toBe(50)
  expect(drawn(all, 50, 1)).toEqual(sample)
  expect(drawn(all, 50, 2)).not.toEqual(sample)
  expect(drawn([1, 2, 3], 50, 1).sort()).toEqual([1, 2, 3])
})

it('names those that were drawn, and the code that they change as Stryker takes it', () => {
  const location = { start: { line: 7, column: 3 }, end: { line: 8, column: 1 } }
  const changes = ['true', 'false'].map((replacement, k) => {
    return {
      mutatorName: 'ConditionalExpression',
      replacement,
      location,
      status: k === 0 ? 'CompileError' : 'Survived',
    }
  })
  const found = mutantsDrawn({ files: { 'lib/check/judge.ts': { mutants: changes } } })
  expect(found.map(nameOf)).toEqual(['lib/check/judge.ts:7:3-8:1 ConditionalExpression false'])
  expect(found.map(rangeOf)).toEqual(['lib/check/judge.ts:7:2-8:0'])
})
