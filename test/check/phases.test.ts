import { expect, it } from 'vitest'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { type PhaseSearch, refutePhases, upperHalf } from '../../lib/check/refute/phases.ts'
import { limiter } from './evidence-of.ts'

const reason: Reason = { kind: 'over-admission', windows: 1, rows: [0] }

/** A search through 0 to 15, where ranges are halved and only single phases, or some of them, have a reason. */
function searched(hasReason: (us: number) => boolean, more: Partial<PhaseSearch> = {}) {
  return refutePhases({
    hypothesis: limiter('fixed-window'),
    circleUs: [0, 15],
    stopAtOpen: false,
    caseFor: (from, to): Case | undefined =>
      from === to && hasReason(from) ? { startUs: [from, to], reason } : undefined,
    cutOf: (from, to) => (from === to ? undefined : upperHalf(from, to)),
    ...more,
  })
}

it('all phases are refuted where each has a reason', () => {
  const found = searched(() => true)
  expect(found.refuted && found.cases.map(({ startUs }) => startUs?.[0])).toEqual(
    Array.from({ length: 16 }, (_, us) => us),
  )
})

it('those that have none stay open, all of them or the first', () => {
  const isOpen = (us: number) => us === 3 || us === 12
  const open = (more?: Partial<PhaseSearch>) => searched((us) => !isOpen(us), more)
  expect(open()).toEqual({
    refuted: false,
    openUs: [
      [3, 3],
      [12, 12],
    ],
    exhausted: false,
  })
  expect(open({ stopAtOpen: true })).toEqual({ refuted: false, openUs: [[3, 3]], exhausted: false })
  const lastCaseFor = (from: number, to: number): Case => ({ startUs: [from, to], reason })
  expect(open({ lastCaseFor }).refuted).toBe(true)
})

it('a search that is given up proves nothing, and leaves open what it has not looked at', () => {
  // 31 ranges are as many as halving gives.
  expect(searched(() => true, { mostRanges: 31 }).refuted).toBe(true)
  expect(searched(() => true, { mostRanges: 30 })).toEqual({
    refuted: false,
    openUs: [[15, 15]],
    exhausted: true,
  })
  const { openUs } = { openUs: [], ...searched((us) => us > 0, { mostRanges: 5 }) }
  // The widest are looked at first: what is left is as narrow as so few looks allow.
  expect(openUs).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [8, 11],
    [12, 15],
  ])
  // With four windows for each, five ranges are twenty looks.
  const windows = [0, 1, 2, 3]
  expect(searched((us) => us > 0, { windows, mostLooks: 20 })).toMatchObject({ exhausted: true, openUs })
  expect(searched((us) => us > 0, { windows, mostLooks: 31 * 4 }).refuted).toBe(false)
})
