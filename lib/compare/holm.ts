/**
 * Holm's correction: p-values of a family, each made so large that whoever believes all those up to α
 * is wrong about any of them with a chance of at most α, however they depend on each other.
 * S. Holm: A Simple Sequentially Rejective Multiple Test Procedure. Scandinavian Journal of Statistics 6
 * (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length)
  const order = pValues.map((_, index) => index).sort((one, other) => at(pValues, one) - at(pValues, other))
  let atLeast = 0
  order.forEach((index, rank) => {
    atLeast = Math.max(atLeast, Math.min(1, (pValues.length - rank) * at(pValues, index)))
    adjusted[index] = atLeast
  })
  return adjusted
}

function at(values: readonly number[], index: number): number {
  return values[index] as number
}
