import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAddress, readOneLine } from '../../lib/cli/options/one-line.ts'

beforeEach(() => {
  process.env.ONSET_TEST_KEY = 'key-that-nobody-may-see'
})
afterEach(() => {
  delete process.env.ONSET_TEST_KEY
})

const asked = { limit: ['100/60s'], per: 'header:x-api-key=env:ONSET_TEST_KEY' }

function read(address: string, options: Record<string, unknown>) {
  const read = readOneLine(address, { ...asked, ...options })
  if (!read.ok) throw new Error(read.mistakes.join('\n'))
  return read
}

function mistakes(options: Record<string, unknown>, address = 'http://127.0.0.1:1/'): string[] {
  const read = readOneLine(address, { ...asked, ...options })
  return read.ok ? [] : read.mistakes
}

describe('a command line that stands for a spec', () => {
  it('says what is sent, by whom, and what should hold', () => {
    const { spec, text } = read('https://api.example.org:8443/v1/things?page=1', {
      limit: ['10/s', '100/1.5m'],
      header: ['accept: a/b:c', 'authorization=Bearer env:ONSET_TEST_KEY'],
      body: '{"id": "{request}"}',
      limited: '429, 503',
      dedicated: true,
    })
    expect(spec.target).toMatchObject({
      kind: 'http',
      url: 'https://api.example.org:8443',
      dedicated: true,
      request: {
        method: 'POST',
        path: '/v1/things?page=1',
        headers: { accept: 'a/b:c', authorization: 'Bearer key-that-nobody-may-see' },
        body: '{"id": "{request}"}',
      },
      callers: [{ scopes: { 'x-api-key': 'caller' }, headers: { 'x-api-key': 'key-that-nobody-may-see' } }],
    })
    expect(spec.limits.map(({ name, limit, window }) => [name, limit, window])).toEqual([
      ['10 in 1s per x-api-key', 10, 1_000],
      ['100 in 1.5m per x-api-key', 100, 90_000],
    ])
    expect(spec.outcomes).toEqual({ accepted: '2xx', limited: ['429', '503'] })
    expect(text).not.toContain('key-that-nobody-may-see')
  })

  it('sends nothing by which an address would be told apart', () => {
    const { spec } = read('http://127.0.0.1:1', { per: 'ip' })
    expect(spec.target).toMatchObject({ dedicated: false, request: { method: 'GET', path: '', headers: {} } })
    expect(spec.target?.callers).toMatchObject([{ scopes: { ip: 'caller' }, headers: {} }])
  })

  it.each([
    [{ limit: undefined }, '--limit: expected a number and a window, such as 100/60s, found nothing'],
    [
      { limit: ['100'] },
      '--limit: expected a number and a window, such as 100/60s, found "100" — write 100/60s',
    ],
    [{ limit: ['1/s', '1/s'] }, '--limit: expected each limit once, found "1/s"'],
    [{ limit: ['0/60s'] }, '--limit: expected a whole number from 1 to 10000000'],
    [{ limit: ['5/1ms'] }, '--limit: expected a duration from 100ms to 168h'],
    [{ per: undefined }, '--per: expected ip, or header:x-api-key=env:API_KEY, found nothing'],
    [{ per: 'key' }, '--per: expected ip, or header:x-api-key=env:API_KEY, found something else'],
    [
      { per: 'header:x-api-key' },
      'found no variable — write header:x-api-key=env:API_KEY, and export API_KEY=…',
    ],
    [{ per: 'header:x-api-key=hush-hush' }, 'found a literal value — write header:x-api-key=env:API_KEY'],
    [
      { per: 'header:x-api-key=env:NOT_SET_AT_ALL' },
      '--per: expected the environment variable NOT_SET_AT_ALL',
    ],
    [
      { header: ['hush-hush'] },
      '--header: expected "name: value", or name=env:VARIABLE for a secret, found something else',
    ],
    [
      { header: ['cookie: hush-hush'] },
      '--header: expected the name of a variable for cookie, found a literal value',
    ],
    [{ header: ['host: example.org'] }, '--header: expected a field that a request may set, found host'],
    [{ method: 'GOT' }, '--method: expected one of GET, HEAD'],
    [{ method: 'get', body: 'x' }, '--body: expected no body with GET, found one'],
    [{ limited: '2xx' }, '--limited: expected statuses that are either accepted or limited'],
    [{ limited: 'never' }, '--limited: expected a status such as 429'],
  ])('%j is a mistake', (options, words) => {
    const told = mistakes(options)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(words)
    expect(told[0]).not.toContain('hush-hush')
  })

  it.each([
    ['http://me:hush-hush@127.0.0.1:1/', 'the address: expected one without a user name or password'],
    ['http://127.0.0.1:1/#hush-hush', 'the address: expected one that ends with its path or query'],
    ['http://', 'the address: expected one such as http://127.0.0.1:3000/api'],
    ['http://127.0.0.1:1/?token=hush-hush', 'the address: expected an environment variable as token'],
  ])('%s is none that is sent to', (address, words) => {
    expect(isAddress(address)).toBe(true)
    const told = mistakes({}, address)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(words)
    expect(told[0]).not.toContain('hush-hush')
  })

  it('is told from the name of a file', () => {
    for (const name of ['http.yaml', 'https/spec.yaml', './http://', 'HTTPX://a'])
      expect(isAddress(name)).toBe(false)
    expect(isAddress('HTTP://127.0.0.1')).toBe(true)
  })
})
