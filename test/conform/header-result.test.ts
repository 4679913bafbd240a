import { describe, expect, test } from 'vitest'
import type { Exchange, RequestKind } from '../../lib/conform/exchange.ts'
import { headerResult } from '../../lib/conform/index.ts'
import { Outcome } from '../../lib/history/index.ts'
import { testSpec } from './ask-stand-in.ts'

const { limits } = testSpec()

interface Told {
  descriptor: string
  kind?: RequestKind
  /** As `name: value`. */
  fields?: string[]
}

/** Requests one after another, all let through, with the words of their answers. */
function exchangesOf(told: readonly Told[], firstLine = 2): Exchange[] {
  return told.map(({ descriptor, kind = 'alert', fields = [] }, k) => ({
    line: firstLine + k,
    descriptor,
    kind,
    sentMs: 1_795_421_500_000 + (firstLine + k) * 5,
    receivedMs: 1_795_421_500_005 + (firstLine + k) * 5,
    // One right after another.
    exactMs: {
      sent: 1_795_421_500_000.5 + (firstLine + k) * 5,
      received: 1_795_421_500_005.5 + (firstLine + k) * 5,
    },
    status: 200,
    outcome: Outcome.accepted,
    headers: fields.map((field) => field.split(': ') as [string, string]),
    body: '',
  }))
}

const policy = (name: string, limit: number, seconds: number, remaining: number) => [
  `ratelimit-policy: "${name}";q=${limit};w=${seconds}`,
  `ratelimit: "${name}";r=${remaining};t=5`,
]

const proven = { 'limit per integration': { limit: 80, windowMs: [7_600, 8_400] as const } }

/** The state of each claim about one limit. */
function claimsOf(inquiry: Partial<Parameters<typeof headerResult>[0]>, name = 'limit per integration') {
  const { findings } = headerResult({ exchanges: [], beside: [], limits, proven, ...inquiry })
  const claims = findings.filter(({ rule }) => rule.endsWith(`, ${name}`))
  return Object.fromEntries(claims.map(({ rule, state }) => [rule.split(',')[0], state]))
}

describe('what answers state of a limit, held against the one that was proven', () => {
  const stating = (name: string, limit: number, seconds: number) =>
    exchangesOf([79, 78, 77].map((left) => ({ descriptor: 'V', fields: policy(name, limit, seconds, left) })))

  test.each<[string, string, number, number, string, string]>([
    ['the same', 'integration', 80, 8, 'holds', 'holds'],
    ['another limit', 'integration', 90, 8, 'broken', 'holds'],
    ['another window', 'integration', 80, 60, 'holds', 'broken'],
    ['another, of another limit', 'organization', 200, 60, 'not-testable', 'not-testable'],
    ['another, which may be of another limit', 'default', 200, 60, 'not-testable', 'not-testable'],
  ])('is told of %s', (_, name, limit, seconds, ofLimit, ofWindow) => {
    const claims = claimsOf({ exchanges: stating(name, limit, seconds) })
    expect([claims.limit, claims.window]).toEqual([ofLimit, ofWindow])
  })

  test('is not tested where nothing was proven, and it is said what proves it', () => {
    const exchanges = stating('integration', 80, 8)
    expect(claimsOf({ exchanges, proven: {} })).toMatchObject({
      limit: 'not-testable',
      window: 'not-testable',
    })
    const { findings } = headerResult({ exchanges, beside: [], limits, proven: {} })
    const [limit] = findings.filter(({ rule }) => rule === 'limit, limit per integration')
    expect(limit?.message).toContain('asking "what counts" or "concurrency" as well')
  })
})

describe('what remains of a limit that several share', () => {
  const key = (descriptor: string, remaining?: number): Told => ({
    descriptor,
    kind: 'list',
    ...(remaining !== undefined && { fields: policy('apiKey', 60, 8, remaining) }),
  })
  const falls = 'remaining-falls'

  test('may fall by what another key was sent between', () => {
    const told = [key('K', 50), key('K', 49), key('K2'), key('K2'), key('K2'), key('K', 45), key('K', 44)]
    expect(claimsOf({ exchanges: exchangesOf(told) }, 'limit per apiKey')[falls]).toBe('holds')
  })

  test('may fall by what was made ready between, of which the words are not kept', () => {
    const exchanges = [
      ...exchangesOf([key('K', 50), key('K', 49)]),
      ...exchangesOf([key('K', 45), key('K', 44)], 7),
    ]
    const beside = exchangesOf([key('S'), key('S'), key('S')], 4)
    expect(claimsOf({ exchanges, beside }, 'limit per apiKey')[falls]).toBe('holds')
    expect(claimsOf({ exchanges }, 'limit per apiKey')[falls]).toBe('broken')
  })
})
