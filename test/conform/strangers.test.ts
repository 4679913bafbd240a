import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../lib/conform/exchange.ts'
import { type Attempt, saidOfStrangers } from '../../lib/conform/strangers.ts'
import { Outcome } from '../../lib/history/index.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { testSpec } from './ask-stand-in.ts'

const { limits, clockDriftPpm } = testSpec()
const organization = limits.find(({ scope }) => scope === 'organization') as Limit
const alertLimits = limits.filter(({ scope }) => scope !== 'apiKey')

const statuses = { a: 200, l: 429, u: 403 } as Record<string, number>
const outcomes = { a: Outcome.accepted, l: Outcome.limited, u: Outcome.unknown } as Record<string, Outcome>

/** An attempt in which each request takes so long: what `Z` was answered before, how many fill, and the rest. */
function attempt(before: string, filled: number, atLimit: string, tookMs = 3): Attempt {
  let line = 1
  const exchange = (descriptor: string, answered: string): Exchange => ({
    line: ++line,
    descriptor,
    kind: 'alert',
    sentMs: line * tookMs,
    receivedMs: (line + 1) * tookMs,
    status: statuses[answered] as number,
    outcome: outcomes[answered] as Outcome,
    headers: [],
    body: '',
  })
  const toOwn = (answered: string) => exchange('ABCD'.charAt(line % 4), answered)
  const [stranger, own] = [/[a-z]/, /[A-Z]/].map((of) => (letter: string) => of.test(letter))
  return {
    before: [...before].map((answered) => exchange('Z', answered)),
    filled: [...'a'.repeat(filled), ...'lll'].map(toOwn),
    // Small letters are the other organization's, capital ones our own.
    atLimit: [...atLimit].flatMap((letter) => [
      ...(stranger?.(letter) ? [exchange('Z', letter)] : []),
      ...(own?.(letter) ? [toOwn(letter.toLowerCase())] : []),
    ]),
  }
}

const said = (...of: Parameters<typeof attempt>) =>
  saidOfStrangers([attempt(...of)], alertLimits, organization, clockDriftPpm)

describe('an integration of another organization, while this one is at its limit', () => {
  test('has a limit of its own where it is let through', () => {
    expect(said('aaa', 200, 'aaaaaLaaaaaL')).toMatchObject({ says: 'own', weight: 'fine' })
  })

  test('shares one where it is refused, having used some of it before', () => {
    expect(said('aaa', 197, 'lllllLlllllL')).toMatchObject({ says: 'shared', weight: 'violation' })
  })

  test.each<[string, Parameters<typeof attempt>]>([
    ['it is refused already before', ['aal', 197, 'lllllL']],
    ['it is answered something else before', ['auu', 200, 'lllllL']],
    ['it is now let through and now refused', ['aaa', 200, 'aallaL']],
    ['this organization is let through again', ['aaa', 200, 'aaaaaLaaaaaA']],
    ['this organization is refused before its limit', ['aaa', 150, 'lllllLlllllL']],
    ['this organization is let through beyond its limit', ['aaa', 240, 'aaaaaLaaaaaL']],
    ['it takes most of a window', ['aaa', 200, 'aaaaaLaaaaaL', 20]],
  ])('is not judged where %s', (_, of) => {
    expect(said(...of)).toMatchObject({ says: 'cannot-tell' })
  })
})
