import { describe, expect, test } from 'vitest'
import type { Exchange, RequestKind } from '../../lib/conform/exchange.ts'
import { weigh } from '../../lib/conform/weighing.ts'
import { saidOfKey } from '../../lib/conform/whose-limit.ts'
import { Outcome } from '../../lib/history/index.ts'
import { testSpec } from './ask-stand-in.ts'

const { limits, clockDriftPpm } = testSpec(8_000, { integration: 10, organization: 30, apiKey: 10 })
const [integration, , apiKey] = limits as [(typeof limits)[0], (typeof limits)[0], (typeof limits)[0]]
const alertLimits = limits.slice(0, 2)

const answered = (descriptor: string, kinds: readonly RequestKind[], outcomes: readonly Outcome[]) =>
  kinds.map(
    (kind, k): Exchange => ({
      line: k + 2,
      descriptor,
      kind,
      sentMs: k * 3,
      receivedMs: k * 3 + 2,
      status: outcomes[k] === Outcome.limited ? 429 : 200,
      outcome: outcomes[k] as Outcome,
      headers: [],
      body: '',
    }),
  )
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('what only an answer explains that was not seen', () => {
  test.each([
    ['shared', Outcome.accepted],
    ['own', Outcome.limited],
  ] as const)('is no %s limit of a key', (whose, outcome) => {
    const others = answered('K3', times(5, 'list'), times(5, outcome))
    const { says } = saidOfKey('otherUser', new Set([whose]), others, apiKey)
    expect(says).toBe('cannot-tell')
  })

  test('is no own limit of a key that is refused now and then', () => {
    const others = answered('K3', times(5, 'list'), [Outcome.accepted, ...times(4, Outcome.limited)])
    expect(saidOfKey('otherUser', new Set(['own']), others, apiKey).says).toBe('cannot-tell')
  })

  test('is nothing that counts, where what counts does not add up to the limit', () => {
    const kinds = [...times<RequestKind>(4, 'heartbeat'), ...times<RequestKind>(9, 'alert')]
    const load = (through: number) =>
      answered('W', kinds, [...times(4 + through, Outcome.accepted), ...times(9 - through, Outcome.limited)])
    const weighedBy = (other: Exchange[]) =>
      weigh(['heartbeat'], load(6), [other], integration, alertLimits, clockDriftPpm).get('heartbeat')
    expect(weighedBy(load(6))).toEqual(new Set([1]))
    // Another limit refused before this one was full.
    expect(weighedBy(load(3))).toEqual(new Set())
  })
})
