import { shownAddress } from './address.ts'
import { shown } from './mistake.ts'
import type { Path } from './path.ts'

/** Keys of a target whose values may be shown. */
const openKeys: readonly PropertyKey[] = ['kind', 'dedicated']

/**
 * A value of a spec as a mistake shows it. Within a target only what cannot be a secret is shown;
 * of an address its scheme and host; of everything else there what type it has.
 */
export function shownAt(path: Path, raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing'
  const [top, key] = path
  if (typeof raw === 'object' || top !== 'target' || openKeys.includes(key as PropertyKey))
    return shownOpen(raw)
  if ((key === 'url' || key === 'ingestUrl') && typeof raw === 'string') return shownAddress(raw)
  return `a ${typeof raw === 'string' ? 'text' : typeof raw}`
}

/** May a hint repeat the value at this path? */
export function isOpen(path: Path): boolean {
  return path[0] !== 'target' || openKeys.includes(path[1] as PropertyKey)
}

function shownOpen(raw: unknown): string {
  return shown(typeof raw === 'string' ? raw.replace(/\/\/[^/\s]*@/g, '//…@') : raw)
}
