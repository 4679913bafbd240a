import type { FieldMistake } from '../history/index.ts'
import { nearest, shown } from '../spec/index.ts'

/** Under which names a log in JSON has what is needed, where they are not the usual ones. */
export interface LogFields {
  time?: string
  status?: string
  url?: string
  took?: { name: string; unitNs: number }
}

const unitsNs = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 } as const
const roles = ['time', 'status', 'url', 'took'] as const
const expected = 'time=NAME, status=NAME, url=NAME or took=NAME:UNIT, with s, ms, us or ns as the unit'

/** Reads `time=NAME`, `status=NAME`, `url=NAME` or `took=NAME:UNIT`. */
export function parseLogField(text: string): LogFields | Omit<FieldMistake, 'path'> {
  const [, word = '', name = ''] = /^([^=]*)=(.+)$/su.exec(text) ?? []
  const role = roles.find((each) => each === word)
  if (role === undefined) {
    const near = nearest(word, roles)
    return { expected, found: shown(text), ...(near !== undefined && { hint: `did you mean ${near}?` }) }
  }
  if (role !== 'took') return { [role]: name }
  const [, its = '', unit] = /^(.+):(s|ms|us|ns)$/su.exec(name) ?? []
  if (unit === undefined)
    return { expected, found: shown(text), hint: `if it is in milliseconds, took=${name}:ms` }
  return { took: { name: its, unitNs: unitsNs[unit as keyof typeof unitsNs] } }
}
