import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogSchedule } from '../../lib/check/mend/log-schedule.ts'
import { Outcome } from '../../lib/history/index.ts'
import { type Component, drawnComponents, scheduled, scheduleOf } from './scheduled.ts'

/** What can be said of a component by looking at every request anew, and at every instant. */
class Plain {
  private readonly of: ReturnType<typeof scheduled>
  readonly atUs: number[]
  readonly count: number

  constructor(component: Component) {
    this.of = scheduled(component)
    this.atUs = [...this.of.atUs]
    this.count = this.atUs.length
  }

  isDecided = (i: number) => this.of.requests.outcome[i] !== Outcome.unknown
  isCounted = (i: number, log: number) =>
    this.isDecided(i) && this.of.logs[log]?.use[i] === 1 && this.meets(i, log)
  isUser = (i: number) => this.of.logs.some((_, log) => this.isCounted(i, log))
  private meets = (i: number, log: number) => this.of.requests.meets[i]?.includes(log) === true

  times(i: number): number[] {
    const { loUs, hiUs } = this.of.requests
    const lo = loUs[i] as number
    return Array.from({ length: (hiUs[i] as number) - lo + 1 }, (_, k) => lo + k)
  }

  /** How many a log knows that it counted before a request at an instant; for one that it counts, its own. */
  private known(log: number, i: number, us: number): number {
    const { outcome } = this.of.requests
    const { windowUs } = this.of.logs[log] as { windowUs: number }
    const isBefore = (other: number) => {
      const at = this.atUs[other] as number
      if (at !== us || !this.isCounted(i, log)) return at <= us
      return outcome[other] === outcome[i] ? other < i : outcome[other] === Outcome.accepted
    }
    return this.atUs.filter(
      (at, other) => other !== i && this.isCounted(other, log) && isBefore(other) && at > us - windowUs,
    ).length
  }

  isFull = (log: number, i: number, us: number) =>
    this.known(log, i, us) >= (this.of.logs[log]?.limit as number)

  canBe(i: number, us: number): boolean {
    const { meets, blamed, outcome } = this.of.requests
    const met = meets[i] as readonly number[]
    const full = met.filter((log) => this.isFull(log, i, us))
    if (outcome[i] === Outcome.accepted) return full.length === 0
    return full.length > 0 && ((blamed[i] as number) < 0 || full[0] === blamed[i])
  }

  /** Whether a request cannot have had its answer: at its instant where it is counted, else at any. */
  isViolated(i: number): boolean {
    if (!this.isDecided(i)) return false
    return this.isUser(i)
      ? !this.canBe(i, this.atUs[i] as number)
      : !this.times(i).some((us) => this.canBe(i, us))
  }
}

const components = drawnComponents({ requests: 9, spanUs: 12, longestUs: 6 })
const moves = fc.array(fc.record({ nth: fc.nat(99), share: fc.nat(99) }), { maxLength: 8 })

describe('a schedule of logs', () => {
  it('knows after every move which requests cannot have had their answer, as if it looked at all of them', () => {
    fc.assert(
      fc.property(components, moves, (component, moved) => {
        const schedule = scheduleOf(component)
        const plain = new Plain(component)
        const all = [...plain.atUs.keys()]
        const expectTheSame = () => {
          const violated = all.filter((i) => schedule.violated.has(i))
          expect(violated).toEqual(all.filter((i) => plain.isViolated(i)))
          // What nothing counts is put at some instant that will do.
          const uncounted = all.filter((i) => plain.isDecided(i) && !plain.isUser(i) && !violated.includes(i))
          const at = (i: number) => schedule.atUs[i] as number
          expect(uncounted.filter((i) => !plain.times(i).includes(at(i)) || !plain.canBe(i, at(i)))).toEqual(
            [],
          )
        }
        expectTheSame()
        const users = all.filter((i) => plain.isUser(i))
        for (const { nth, share } of users.length > 0 ? moved : []) {
          const i = users[nth % users.length] as number
          const times = plain.times(i)
          const toUs = times[share % times.length] as number
          schedule.move(i, toUs)
          plain.atUs[i] = toUs
          expect(users.map((user) => schedule.atUs[user])).toEqual(users.map((user) => plain.atUs[user]))
          expectTheSame()
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('knows what each log counts, and whether it is full', () => {
    fc.assert(
      fc.property(components, (component) => {
        const schedule = scheduleOf(component)
        const plain = new Plain(component)
        const decided = [...plain.atUs.keys()].filter((i) => plain.isDecided(i))
        const told = decided.map((i) => ({
          isUser: schedule.isUser(i),
          counted: component.logs.map((_, log) => schedule.isCounted(i, log)),
          full: component.logs.map((_, log) => schedule.isFull(log, i, schedule.atUs[i] as number)),
        }))
        expect(told).toEqual(
          decided.map((i) => ({
            isUser: plain.isUser(i),
            counted: component.logs.map((_, log) => plain.isCounted(i, log)),
            full: component.logs.map((_, log) => plain.isFull(log, i, schedule.atUs[i] as number)),
          })),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('orders what is decided: at one instant what is let through, then the refusals that are counted, then the others', () => {
    const told = [
      '0-9 at 5 no a',
      '0-9 at 5 no A',
      '0-9 at 5 ok A',
      '0-9 at 4 no a',
      '0-9 ? a',
      '1-9 at 5 ok A',
    ]
    const schedule = scheduleOf({ logs: [{ limit: 9, windowUs: 9 }], told })
    expect(schedule.order()).toEqual([3, 2, 5, 1, 0])
    schedule.move(2, 9)
    expect(schedule.order()).toEqual([3, 5, 1, 0, 2])
  })
})

describe('the instants at which a refusal may be possible', () => {
  it.each<[string, string, number[]]>([
    ['its beginning, and when others were counted after that, to its end', '4-8 no a', [4, 6, 8]],
    [
      'where any of several logs may have refused, when one of them counted others',
      '4-7 no ab',
      [4, 6, 5, 7],
    ],
    ['where one is named, not what counts in those after it', '4-7 no ab@a', [4, 6]],
    ['where one is named, when those before it have got room', '4-7 no ba@a', [4, 5, 6, 6]],
  ])('are %s', (_, refused, instants) => {
    const told = ['0-9 at 2 ok B', '0-9 at 3 ok B', '0-9 at 4 ok A', '0-9 at 5 ok B', '0-9 at 6 ok A']
    const logs = [
      { limit: 1, windowUs: 10 },
      { limit: 1, windowUs: 3 },
    ]
    const more = ['0-9 at 7 ok B', '0-9 at 8 ok A', '0-9 at 9 ok A']
    const schedule = scheduleOf({ logs, told: [...told, ...more, refused] })
    expect(schedule.instants(8)).toEqual(instants)
  })
})

/** How much is looked at when one is moved. */
function workOf(schedule: LogSchedule, i: number, toUs: number): number {
  const { work } = schedule
  schedule.move(i, toUs)
  return schedule.work - work
}

describe('the work of a move', () => {
  const many = Array.from({ length: 50 }, (_, k) => `${10 * k}-${10 * k + 15} ok A`)

  it('is what it changes places with, and what comes as many places later as the limit', () => {
    const schedule = scheduleOf({ logs: [{ limit: 3, windowUs: 30 }], told: many })
    // The one moved, the next, and two three places later.
    expect(workOf(schedule, 20, 215)).toBe(4)
    expect(workOf(schedule, 20, 200)).toBe(4)
    expect(workOf(schedule, 20, 200)).toBe(0)
    // The last ones have fewer after them, or none.
    expect(workOf(schedule, 46, 475)).toBe(3)
    expect(workOf(schedule, 49, 495)).toBe(1)
  })

  it('is no more where several logs count the same', () => {
    const logs = [
      { limit: 3, windowUs: 30 },
      { limit: 3, windowUs: 40 },
    ]
    const told = many.map((one) => `${one}B`)
    expect(workOf(scheduleOf({ logs, told }), 20, 215)).toBe(4)
  })

  // One is moved from 200 to 215 in windows of 30: what is full may have changed from then to then, and a window later.
  it.each<[string, number, string, boolean]>([
    ['is refused before that', 3, '199-250 no a', false],
    ['is refused from then on', 3, '200-200 no a', true],
    ['is refused until then', 3, '215-215 no a', true],
    ['is refused after that', 3, '216-250 no a', false],
    ['is refused before its window is over', 3, '229-250 no a', false],
    ['is refused when its window is over', 3, '230-230 no a', true],
    ['is refused when its window would be over', 3, '245-245 no a', true],
    ['is refused after its window', 3, '246-250 no a', false],
    ['is never refused, until before that', 4, '190-199 no a', false],
    ['is never refused, until then', 4, '190-200 no a', true],
    ['is never refused, from then on', 4, '215-229 no a', true],
    ['is never refused, after that and before its window is over', 4, '216-229 no a', false],
    ['is never refused, when its window is over', 4, '216-230 no a', true],
    ['is never refused, from when its window would be over', 4, '245-250 no a', true],
    ['is never refused, after its window', 4, '246-250 no a', false],
  ])(
    'is more for a request that %s only where that can make a difference: %s %s',
    (_, limit, refused, looks) => {
      const logs = [{ limit, windowUs: 30 }]
      const lo = (told: string) => Number.parseInt(told, 10)
      const told = [...many, refused].sort((a, b) => lo(a) - lo(b))
      const [before, after] = [many, told].map((all) =>
        workOf(scheduleOf({ logs, told: all }), all.indexOf('200-215 ok A'), 215),
      )
      expect((after as number) > (before as number)).toBe(looks)
    },
  )
})
