import { shownAddress } from './address.ts'
import { shown } from './mistake.ts'
import type { Path } from './path.ts'

/** Keys of a target whose values may be shown. */
const openKeys: readonly PropertyKey[] = ['kind', 'dedicated', 'limitedBy']

/** The same of a request and of a caller. */
const openFields: readonly PropertyKey[] = ['method', 'name', 'scopes']

/**
 * A value of a spec as a mistake shows it. Within a target only what cannot be a secret is shown;
 * of an address its scheme and host; of everything else there what type it has.
 */
export function shownAt(path: Path, raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing'
  const [, key] = path
  if (typeof raw === 'object' || isOpen(path)) return shownOpen(raw)
  if ((key === 'url' || key === 'ingestUrl') && typeof raw === 'string') return shownAddress(raw)
  return `a ${typeof raw === 'string' ? 'text' : typeof raw}`
}

/** May a hint repeat the value at this path? */
export function isOpen(path: Path): boolean {
  const [top, key, ...below] = path
  if (top !== 'target' || openKeys.includes(key as PropertyKey)) return true
  const field = key === 'callers' ? below[1] : key === 'request' ? below[0] : undefined
  return field !== undefined && openFields.includes(field)
}

function shownOpen(raw: unknown): string {
  return shown(typeof raw === 'string' ? raw.replace(/\/\/[^/\s]*@/g, '//…@') : raw)
}
