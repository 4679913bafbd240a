import type { Answer } from '../answer.ts'

/** The longest window that any answer states, in milliseconds; `undefined` where none does. */
export function longestStatedMs(answers: readonly Answer[]): number | undefined {
  let longest: number | undefined
  for (const { quotas } of answers) {
    for (const { windowSeconds } of quotas) {
      if (windowSeconds !== undefined) longest = Math.max(longest ?? 0, windowSeconds * 1000)
    }
  }
  return longest
}
