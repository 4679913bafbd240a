import { durationMs } from './duration.ts'
import type { Path } from './path.ts'

/** Keys that a spec cannot do without. */
const required: readonly PropertyKey[] = ['limits', 'name', 'scope', 'limit', 'window', 'url']

/**
 * What to do about a value at a path that the spec knows; `undefined` where nothing is to be said.
 * @param zodExpected the type that the schema wants, where the value has another.
 */
export function hintFor(path: Path, raw: unknown, zodExpected?: string): string | undefined {
  const last = path.at(-1) as PropertyKey
  if (raw === null) {
    if (typeof last === 'number') return 'remove what is empty'
    return required.includes(last) ? 'write a value after the colon' : 'write a value, or leave the key out'
  }
  switch (path.findLast((step) => typeof step === 'string')) {
    case 'window':
      return durationHint(raw)
    case 'tolerance':
      return shareHint(raw)
    case 'limit':
      return limitHint(raw)
    case 'accepted':
    case 'limited':
      return typeof raw === 'string' && /^\dXX$/i.test(raw) ? `write ${raw.toLowerCase()}` : undefined
    case 'limits':
      return typeof raw === 'object' ? 'begin each limit with "- "' : undefined
    default:
      return typeHint(raw, zodExpected)
  }
}

function typeHint(raw: unknown, zodExpected: string | undefined): string | undefined {
  if (zodExpected === 'string' && (typeof raw === 'number' || typeof raw === 'boolean')) {
    return `write it in quotes: "${raw}"`
  }
  if (typeof raw !== 'string') return undefined
  if (zodExpected === 'number') return numberHint(raw)
  if (zodExpected === 'boolean') {
    if (/^(true|yes|y|on|1)$/i.test(raw)) return 'write true, without quotes'
    if (/^(false|no|n|off|0)$/i.test(raw)) return 'write false, without quotes'
    if (raw.includes('${')) return variableHint
  }
  return undefined
}

const variableHint = 'a variable can only stand where a text is expected'

function numberHint(raw: string): string | undefined {
  if (/^\d+(\.\d+)?$/.test(raw)) return `write ${raw}, without quotes`
  return raw.includes('${') ? variableHint : undefined
}

function limitHint(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined
  const [, count, window] = /^(\d+)\s*(?:\/|per|in)\s*(\w+)$/.exec(raw) ?? []
  if (count) return `write limit: ${count} and window: ${durationMs(window ?? '') ? window : '5m'}`
  const [plain] = /^\d{1,3}([_,.' ]\d{3})+$/.exec(raw) ?? []
  return plain ? `write ${plain.replace(/\D/g, '')}` : numberHint(raw)
}

const unitOf: readonly [RegExp, (count: number) => string][] = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, (count) => `${count}ms`],
  [/^(s|secs?|seconds?)$/i, (count) => `${count}s`],
  [/^(m|mins?|minutes?)$/i, (count) => `${count}m`],
  [/^(h|hrs?|hours?)$/i, (count) => `${count}h`],
  [/^(d|days?)$/i, (count) => `${count * 24}h`],
  [/^(w|weeks?)$/i, (count) => `${count * 168}h`],
]

function durationHint(raw: unknown): string | undefined {
  if (typeof raw === 'number' || (typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw))) {
    const count = Number(raw)
    const withUnit = count < 60 ? `${count}m` : `${count}s`
    return `a duration has a unit: write ${withUnit}`
  }
  if (typeof raw !== 'string') return undefined
  const [, count, word = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(raw) ?? []
  const written = unitOf.find(([pattern]) => pattern.test(word))?.[1](Number(count))
  return written && written !== raw.replace(/\s/g, '') ? `write ${written}` : undefined
}

function shareHint(raw: unknown): string | undefined {
  if (typeof raw === 'number' && raw >= 1 && raw < 100) return `write ${raw}%`
  const [text, count] = typeof raw === 'string' ? (/^(\d+(?:\.\d+)?)\s*(%?)$/.exec(raw) ?? []) : []
  return text && Number(count) > 0 && Number(count) < 100 && !text.endsWith('%')
    ? `write ${count}%`
    : undefined
}
