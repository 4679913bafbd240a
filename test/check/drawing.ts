import { seededRandom } from '../../lib/simulate/index.ts'

/** What values are drawn with. */
export type Drawing = ReturnType<typeof drawing>

/** Draws values from a seed: the same seed always draws the same. Both ends of `whole` are included. */
export function drawing(seed: number) {
  const random = seededRandom(seed)
  return {
    random,
    whole: (least: number, most: number) => least + Math.floor(random() * (most - least + 1)),
    chance: (probability: number) => random() < probability,
    oneOf: <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value,
  }
}
