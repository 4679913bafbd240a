import { describe, expect, test } from 'vitest'
import { askSimulated, tallyWords } from '../conform/ask-simulated.ts'
import type { Marked } from '../conform/ask-stand-in.ts'
import { markApart } from '../conform/mark-apart.ts'
import { combined, drawCombination, type Switch, switches } from '../conform/switches.ts'
import { seeded } from '../simulation/simulate.ts'

const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
const random = seeded(seed)
const combinations = Array.from({ length: 50 }, () => combined(drawCombination(random)))

/** So many platforms are asked at a time: they mostly wait for windows. */
const atOnce = 3

describe('every question', () => {
  test.each([
    ['each known way', switches],
    [`50 combinations of them (seed ${seed})`, combinations],
  ] as [string, readonly Switch[]][])(
    'is answered rightly or not at all by platforms that differ in %s',
    async (_, platforms) => {
      const marked: Marked[] = []
      const queue = [...platforms]
      const work = async () => {
        for (let next = queue.shift(); next; next = queue.shift()) marked.push(...(await markApart(next)))
      }
      await Promise.all(Array.from({ length: atOnce }, work))
      expect(marked.filter(({ mark }) => mark === 'wrong')).toEqual([])
    },
  )

  test('is answered rightly or not at all by 600 platforms on a virtual clock', async () => {
    const found = await askSimulated(seed, 600)
    console.log(tallyWords(found, seed, 600))
    expect(found.wrong).toEqual([])
  })
})
