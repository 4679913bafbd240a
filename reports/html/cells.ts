import type { History } from '../../lib/history/index.ts'
import type { CellView } from './model.ts'

/** The values of a scope that requests of a history carried, in the order of its descriptors. */
export function cellsOf(history: History, scope: string): CellView[] {
  const used = new Set<number>()
  for (let row = 0; row < history.count; row++) used.add(history.descriptor[row] as number)
  const cells = new Map<string, number[]>()
  history.descriptors.forEach(({ scopes }, index) => {
    const value = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined
    if (value === undefined || !used.has(index)) return
    const descriptors = cells.get(value)
    if (descriptors) descriptors.push(index)
    else cells.set(value, [index])
  })
  return [...cells].map(([value, descriptors]) => ({ value, descriptors }))
}
