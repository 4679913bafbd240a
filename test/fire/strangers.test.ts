import fc from 'fast-check'
import { expect, test } from 'vitest'
import { strangers } from '../../lib/fire/strangers.ts'

const bound = (url: string, ...replicas: string[]) => ({
  descriptors: { A: { url, replicas, method: 'POST' as const, headers: {} } },
})

test('only what was named may be asked: the same scheme, host and port, whatever the path', () => {
  const named = ['https://oncall.example.org/base', 'http://127.0.0.1:8080']
  expect(
    strangers(bound('https://oncall.example.org/integrations/v1/x/', 'http://127.0.0.1:8080/'), named),
  ).toEqual([])
  for (const strange of [
    'http://oncall.example.org',
    'https://oncall.example.org:8443',
    'https://oncall.example.org.evil.example',
    'http://127.0.0.1:8081',
    'http://localhost:8080',
  ]) {
    expect(strangers(bound(`${strange}/`), named)).toEqual([strange])
    expect(strangers(bound('http://127.0.0.1:8080/', `${strange}/`), named)).toEqual([strange])
  }
})

test('whoever is named is no stranger, and everybody else is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.webUrl(), { minLength: 1 }), fc.webUrl(), (named, other) => {
      const [first = '', ...rest] = named
      expect(strangers(bound(first, ...rest), named)).toEqual([])
      const isNamed = named.some((each) => new URL(each).origin === new URL(other).origin)
      expect(strangers(bound(other), named)).toEqual(isNamed ? [] : [new URL(other).origin])
    }),
  )
})
