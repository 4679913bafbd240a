import { describe, expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

// First-hit windows of 2 in 10, each opened by one request, and so many at once in the last one.

const few = 1_001
const many = 1_002

function looked(windows: number, atLast: number) {
  const seen = Array.from({ length: windows }, (_, k): Seen => ({ lo: 20 * k }))
  for (let k = 1; k < atLast; k++) seen.push({ lo: 20 * (windows - 1) })
  const evidence = evidenceOf(seen)
  const hypothesis = limiter('first-hit-window')
  const found = refuteByBounds(new EvidenceIndex(evidence), hypothesis, true)
  if (found.refuted) expect(verifyCertificate(evidence, found)).toBe(undefined)
  if (!found.refuted) {
    // What is left open is the start of the last window that was looked at, or where it was given up.
    const lastUs = 20 * (windows - 1)
    expect(found.openUs).toEqual([[lastUs, lastUs]])
  }
  return found.refuted ? 'refuted' : found.exhausted ? 'given up' : 'open'
}

describe('first-hit windows that follow one another', () => {
  it('are all looked at where they are not too many', () => {
    expect(looked(few, 2)).toBe('open')
    expect(looked(few, 3)).toBe('refuted')
  })

  it('are given up after so many, and that is said', () => {
    expect(looked(many, 2)).toBe('given up')
    expect(looked(many, 3)).toBe('given up')
  })

  it('are refuted, however many they are, by what no two of them hold', () => {
    expect(looked(many, 4)).toBe('given up')
    expect(looked(many, 5)).toBe('refuted')
  })
})
