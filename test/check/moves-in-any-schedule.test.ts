import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogSchedule } from '../../lib/check/mend/log-schedule.ts'
import { type Move, movesFor } from '../../lib/check/mend/moves.ts'
import type { TimedLog } from '../../lib/check/mend/timed-log.ts'
import { Outcome } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { drawnComponents, scheduleOf } from './scheduled.ts'

const components = drawnComponents({ requests: 8, spanUs: 12, longestUs: 6 })

/** What is thought of for all that is violated in a schedule. */
function forAll(schedule: LogSchedule, seed: number): { i: number; move: Move }[] {
  const random = seededRandom(seed)
  const violated = schedule.requests.meets.flatMap((_, i) => (schedule.violated.has(i) ? [i] : []))
  return violated.flatMap((i) => movesFor(schedule, i, random).map((move) => ({ i, move })))
}

/** What is so once requests have been moved; they are moved back. */
function once<Value>(schedule: LogSchedule, move: Move, look: () => Value): Value {
  const back = move.map(({ request }) => ({ request, toUs: schedule.atUs[request] as number }))
  for (const { request, toUs } of move) schedule.move(request, toUs)
  const seen = look()
  for (const { request, toUs } of back) schedule.move(request, toUs)
  return seen
}

describe('what is moved for requests in any schedule', () => {
  it('no request is moved twice, out of its time or without being counted', () => {
    fc.assert(
      fc.property(components, fc.nat(), (component, seed) => {
        const schedule = scheduleOf(component)
        const { loUs, hiUs } = schedule.requests
        const wrong = forAll(schedule, seed).filter(
          ({ move }) =>
            new Set(move.map(({ request }) => request)).size !== move.length ||
            move.some(
              ({ request, toUs }) =>
                !Number.isInteger(toUs) ||
                toUs < (loUs[request] as number) ||
                toUs > (hiUs[request] as number) ||
                !schedule.isUser(request),
            ),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('each move for a refusal that is not counted and names no log puts it right', () => {
    fc.assert(
      fc.property(components, fc.nat(), (component, seed) => {
        const schedule = scheduleOf(component)
        const { outcome, blamed } = schedule.requests
        const wrong = forAll(schedule, seed).filter(
          ({ i, move }) =>
            outcome[i] === Outcome.limited &&
            blamed[i] === -1 &&
            !schedule.isUser(i) &&
            once(schedule, move, () => schedule.violated.has(i)),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('others make room for a request where they can by themselves, one at a time', () => {
    // None is under way for longer than a window.
    const windows = { requests: 7, spanUs: 10, longestUs: 4, shortestWindowUs: 5 }
    fc.assert(
      fc.property(drawnComponents(windows), fc.nat(), (component, seed) => {
        const schedule = scheduleOf(component)
        const { outcome, meets, loUs, hiUs } = schedule.requests
        const all = [...schedule.atUs.keys()].filter((i) => outcome[i] !== Outcome.unknown)
        const accepted = all.filter((i) => schedule.violated.has(i) && outcome[i] === Outcome.accepted)
        const moves = forAll(schedule, seed)
        for (const i of accepted) {
          const us = schedule.atUs[i] as number
          const known = () =>
            meets[i]?.map((log) => {
              const { times, windowUs } = schedule.logs[log] as TimedLog
              return schedule.placeIn(log, i, us) - times.filter((at) => at <= us - windowUs).length
            }) ?? []
          const before = known()
          const isFewerOnce = (move: Move) =>
            once(schedule, move, known).some((count, k) => count < (before[k] as number))
          const others = moves.filter((one) => one.i === i && one.move[0]?.request !== i)
          expect(others.filter(({ move }) => !isFewerOnce(move))).toEqual([])
          for (const [k, log] of (meets[i] ?? []).entries()) {
            // Where more are too many, those that were counted last are enough.
            if (before[k] !== component.logs[log]?.limit) continue
            const able = all.filter((other) => {
              if (other === i || !schedule.isCounted(other, log)) return false
              const times = Array.from(
                { length: (hiUs[other] as number) - (loUs[other] as number) + 1 },
                (_, us) => us + (loUs[other] as number),
              )
              const hasRoomOnce = (toUs: number) =>
                once(schedule, [{ request: other, toUs }], () => !schedule.isFull(log, i, us))
              // At the same instant it may come later by its number, which nobody looks at.
              return times.some((toUs) => toUs !== us && hasRoomOnce(toUs))
            })
            const moved = others.map(({ move }) => move[0]?.request)
            expect(able.filter((other) => !moved.includes(other))).toEqual([])
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
