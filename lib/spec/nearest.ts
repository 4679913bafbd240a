/**
 * The candidate that somebody who wrote `word` most likely meant: the same but for case, hyphens
 * and underscores, or at most a third of its letters (and no more than 3) away.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined
  let best: string | undefined
  let bestDistance = Math.min(3, Math.max(1, Math.floor(word.length / 3))) + 1
  for (const candidate of candidates) {
    const distance = editDistance(folded(word), folded(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function folded(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '')
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string
 * alignment distance).
 */
function editDistance(one: string, other: string): number {
  let twoBack: number[] = []
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let least = Math.min(
        (before[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (before[j - 1] as number) + (same ? 0 : 1),
      )
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (swapped) least = Math.min(least, (twoBack[j - 2] as number) + 1)
      row.push(least)
    }
    twoBack = before
    before = row
  }
  return before[other.length] as number
}
