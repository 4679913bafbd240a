/** `a` comes at least `least` after `b`. */
export type Edge = { a: number; b: number; least: number }

/**
 * Bellman and Ford: the least value for each variable that is not less than the given one, if there is
 * one. The origin, which is the last of them, stays where it is.
 */
export function solution(edges: readonly Edge[], from: readonly number[]): readonly number[] | undefined {
  const value = [...from]
  const origin = value.length - 1
  for (let round = 0; round <= value.length; round++) {
    let changed = false
    for (const { a, b, least } of edges) {
      if ((value[a] as number) >= (value[b] as number) + least) continue
      if (a === origin) return undefined
      value[a] = (value[b] as number) + least
      changed = true
    }
    if (!changed) return value
  }
  return undefined
}
