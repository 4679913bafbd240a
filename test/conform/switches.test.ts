import { describe, expect, test } from 'vitest'
import { type QuestionId, questions } from '../../lib/conform/index.ts'
import { headerClaims, markSwitch } from './ask-stand-in.ts'
import { switches } from './switches.ts'

/** What needs a few requests: the others are asked on a virtual clock, and of the stand-in in the long run. */
const cheap = questions
  .filter(({ group }) => group === 'authentication' || group === 'pagination')
  .map(({ id }): QuestionId => id)

const telling = switches.filter(({ config: { faults = {}, ...config } }) => {
  const { pages, letInWithoutKey, showOtherOrganizations } = faults
  const plain = config.bearer ?? config.unauthorizedStatus ?? config.pageSize ?? config.pageAfterLast
  return pages ?? letInWithoutKey ?? showOtherOrganizations ?? plain
})

describe.concurrent('who may read what, and how lists are paged', () => {
  test.each(telling)(
    'is told of a platform: $name',
    async (platform) => {
      const marked = await markSwitch(platform, cheap)
      expect(marked.filter(({ mark }) => mark === 'wrong')).toEqual([])
      const right = marked.filter(({ mark, question }) => mark === 'right' && question !== headerClaims)
      expect(right.length).toBeGreaterThanOrEqual(6)
    },
    120_000,
  )
})
