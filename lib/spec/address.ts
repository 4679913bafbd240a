import { shown } from './mistake.ts'

/** What is wrong with an address; `found` never shows a user name, a password or a path. */
export interface AddressMistake {
  expected: string
  found: string
  hint?: string
}

const anAddress = 'an address such as https://oncall.example.org'

/**
 * What is wrong with the base address of a target, if anything is: only http and https, no user
 * name or password, nothing after the path, no white space.
 */
export function addressMistake(text: string): AddressMistake | undefined {
  const found = shownAddress(text)
  if (/[\s\p{Cc}]/u.test(text)) {
    return { expected: anAddress, found: 'one with white space', hint: 'leave the white space out' }
  }
  if (!/^https?:\/\//i.test(text)) {
    const local = /^(localhost|127\.|\[::1\])/.test(text)
    const bare = /^[\w.-]+(:\d+)?(\/|$)/.test(text)
    return {
      expected: anAddress,
      found,
      hint: bare ? `begin with ${local ? 'http' : 'https'}://` : undefined,
    }
  }
  const url = URL.parse(text)
  if (!url) return { expected: anAddress, found }
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text)) {
    return {
      expected: 'an address without a user name or password',
      found,
      hint: `put the key into an environment variable and write apiKey: \${ONCALL_API_KEY}`,
    }
  }
  if (/[?#]/.test(text)) {
    return {
      expected: 'an address that ends with its path',
      found,
      hint: 'leave out what begins with ? or #',
    }
  }
  return undefined
}

/**
 * An address as a mistake shows it: scheme and host. A path is shown as `…`, since the token of an
 * integration is a part of it.
 */
export function shownAddress(text: string): string {
  const [, scheme = '', authority = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/*)?([^/\\?#]*)(.*)$/is.exec(text) ?? []
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const user = host === authority ? '' : '…@'
  return shown(`${scheme}${user}${host}${rest === '' || rest === '/' ? rest : '/…'}`)
}
