import { parseDocument } from 'yaml'
import type { CandidateLimit } from '../candidate.ts'
import { durationWord } from './setting.ts'

/**
 * A spec with other limits in the place of its own: what else stands in it, comments and variables too,
 * stays. The algorithm stays where the spec allows the one that was replayed.
 * @param text a spec that parses, with as many limits.
 */
export function specWith(
  text: string,
  limits: readonly CandidateLimit[],
  allowed: readonly (readonly string[])[],
): string {
  const document = parseDocument(text)
  limits.forEach(({ limit, windowMs, algorithm }, index) => {
    document.setIn(['limits', index, 'limit'], limit)
    document.setIn(['limits', index, 'window'], durationWord(windowMs))
    if (allowed[index]?.includes(algorithm)) return
    document.setIn(['limits', index, 'algorithm'], algorithm)
    if (algorithm !== 'token-bucket') document.deleteIn(['limits', index, 'refillEvery'])
  })
  return document.toString({ lineWidth: 0 })
}

/** The same without a target, so that the embedded one is verified. */
export function withoutTarget(text: string): string {
  const document = parseDocument(text)
  document.delete('target')
  return document.toString({ lineWidth: 0 })
}
