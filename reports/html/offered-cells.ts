import type { LimitView } from './model.ts'

/** More values than this no reader looks through. */
const mostOffered = 200

/** So many characters of a value are shown in a choice. */
const mostCharacters = 60

/** The values of a scope among which a reader may choose. */
export interface OfferedCells {
  /** Index among the limit's cells, and the value, shortened where it is very long. */
  cells: { index: number; words: string }[]
  /** How many are not offered. */
  leftOut: number
}

/**
 * Which values of a scope a timeline offers: where there are very many, the one that is shown and those
 * that met an onset come first, then the others as they come. Pure.
 */
export function offeredCells({
  cells,
  shown,
  onsets,
}: Pick<LimitView, 'cells' | 'shown' | 'onsets'>): OfferedCells {
  const withOnset = new Set(onsets.map(({ descriptor }) => descriptor))
  const rankOf = (index: number) => {
    if (index === shown) return 0
    return cells[index]?.descriptors.some((descriptor) => withOnset.has(descriptor)) ? 1 : 2
  }
  const chosen = cells
    .map((_, index) => ({ index, rank: rankOf(index) }))
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
    .slice(0, mostOffered)
    .sort((one, other) => one.index - other.index)
  return {
    cells: chosen.map(({ index }) => ({ index, words: shortened(cells[index]?.value ?? '') })),
    leftOut: cells.length - chosen.length,
  }
}

/** The start and the end of a long value: where values differ is mostly at one of the two. */
function shortened(value: string): string {
  const characters = [...value]
  if (characters.length <= mostCharacters) return value
  const half = (mostCharacters - 2) / 2
  return `${characters.slice(0, half).join('')} … ${characters.slice(-half).join('')}`
}
