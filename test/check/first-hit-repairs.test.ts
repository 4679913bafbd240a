import { describe, expect, it } from 'vitest'
import { reachFurther, repairBefore, startLater } from '../../lib/check/settle/first-hit-repairs.ts'
import type { Limiter, User } from '../../lib/check/settle/settle.ts'
import type { WindowSettled } from '../../lib/check/settle/settle-window.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

// Windows of 3 in 10, each starting with the first that comes, and what is moved in those before one that is wrong.

interface Told extends Seen {
  /** When it is decided, as things stand: as early as it can be, if nothing is told. */
  at?: number
}

/** Windows as they were settled one after another, and the one that is looked at now; refusals stand beside them. */
function settling(windows: readonly (readonly Told[])[], refusals: readonly Told[] = []) {
  const told = [...windows.flat(), ...refusals]
  const of: Limiter = { evidence: evidenceOf(told), hypothesis: limiter('first-hit-window', 3) }
  const atUs = Float64Array.from(told, ({ lo, at = lo }) => at)
  let row = 0
  const users = windows.map((window) =>
    window.map(({ lo, hi = lo, at = lo, cost = 1 }): User => {
      const i = row++
      return { i, row: i, atUs: at, hiUs: hi, cost, admitted: true }
    }),
  )
  let from = 0
  const done = users.slice(0, -1).map((inside) => {
    from += inside.length
    return { from: from - inside.length, startUs: inside[0]?.atUs as number, inside }
  })
  const current = users.at(-1) as User[]
  /** Instants by window, which those of the users have to agree with. */
  const instants = () => {
    expect(users.flat().map(({ atUs }) => atUs)).toEqual([...atUs.subarray(0, row)])
    return users.map((window) => window.map((user) => atUs[user.row]))
  }
  return { of, atUs, users: users.flat(), done, current, instants }
}

/** A window that is in order, but for what is told. */
const wrong = (what: Partial<WindowSettled>): WindowSettled => ({
  settled: 'unchanged',
  inside: [],
  pushedOut: [],
  missingUnits: 0,
  earliestRefusal: undefined,
  ...what,
})
const impossible = (what: Partial<WindowSettled>) => wrong({ settled: 'impossible', ...what })

describe('a window starts later', () => {
  const later = (windows: readonly (readonly Told[])[], at: number, fromUs: number) => {
    const { of, done, atUs, instants } = settling([...windows, []])
    const first = startLater(of, done, at, fromUs, atUs)
    return { first, instants: instants().slice(0, -1) }
  }

  it('with all of it that came earlier, and nobody else', () => {
    const window: Told[] = [
      { lo: 0, hi: 5, at: 0 },
      { lo: 3, hi: 4, at: 3 },
      { lo: 4, hi: 9, at: 4 },
      { lo: 6, hi: 9, at: 6 },
    ]
    expect(later([window], 0, 4)).toEqual({ first: 0, instants: [[4, 4, 4, 6]] })
  })

  it('not where it starts so late already', () => {
    expect(later([[{ lo: 4, hi: 9 }]], 0, 4)).toEqual({ first: undefined, instants: [[4]] })
  })

  it('not where somebody cannot come so late, and there is no window before', () => {
    const window = [
      { lo: 0, hi: 9 },
      { lo: 2, hi: 3 },
    ]
    expect(later([window], 0, 4)).toEqual({ first: undefined, instants: [[0, 2]] })
  })

  it('once those that cannot come so late have come in the window before, where it is open for them', () => {
    // The second one began at 10 with somebody who came at 9 at the latest: the first one is open until 10.
    const windows = (at: number): Told[][] => [
      [{ lo: 0, hi: 4, at }],
      [
        { lo: 9, hi: 10, at: 10 },
        { lo: 8, hi: 10, at: 10 },
        { lo: 8, hi: 20, at: 11 },
      ],
    ]
    expect(later(windows(0), 1, 12)).toEqual({ first: 0, instants: [[0], [9, 8, 12]] })
    // One that is open until 9 starts a microsecond later itself.
    expect(later(windows(-1), 1, 12)).toEqual({ first: 0, instants: [[0], [9, 8, 12]] })
  })

  it('not where the window before can neither hold those nor start later', () => {
    const windows: Told[][] = [
      [{ lo: -1, hi: -1 }],
      [
        { lo: 9, hi: 10 },
        { lo: 9, hi: 20 },
      ],
    ]
    expect(later(windows, 1, 12)).toEqual({ first: undefined, instants: [[-1], [9, 9]] })
  })

  it('after as many before it as have to give way', () => {
    const windows: Told[][] = [
      [{ lo: 0, hi: 5 }],
      [
        { lo: 11, hi: 11, at: 11 },
        { lo: 12, hi: 30, at: 12 },
      ],
      [
        { lo: 22, hi: 22, at: 22 },
        { lo: 22, hi: 30, at: 23 },
      ],
    ]
    // The one at 22 belongs to the second window, which then starts at 13, and so the one at 11 to the first, from 2 on.
    expect(later(windows, 2, 25)).toEqual({ first: 0, instants: [[2], [11, 13], [22, 25]] })
  })
})

describe('a window that starts later while the one before is full', () => {
  const later = (before: number) => {
    const { of, done, atUs, instants } = settling([
      Array.from({ length: before }, (_, k) => ({ lo: 10 + k, hi: 30 })),
      [
        { lo: 19, hi: 20, at: 20 },
        { lo: 20, hi: 30, at: 21 },
      ],
      [],
    ])
    const first = startLater(of, done, 1, 23, atUs)
    return { first, instants: instants().slice(0, -1) }
  }

  it('has that end as late, since whoever it cannot hold then opens this one', () => {
    expect(later(3)).toEqual({
      first: 0,
      instants: [
        [13, 13, 13],
        [19, 23],
      ],
    })
  })

  it('leaves it where it can hold those as well', () => {
    expect(later(2)).toEqual({
      first: 0,
      instants: [
        [10, 11],
        [19, 23],
      ],
    })
  })
})

describe('a window that lacks some after its end', () => {
  const reached = (lackingUnits: number, hi = 9) => {
    const { of, done, users, atUs, instants } = settling([
      [{ lo: 0, hi }],
      [{ lo: 12 }, { lo: 14, cost: 2 }, { lo: 30 }],
    ])
    const first = reachFurther(of, done, lackingUnits, users, 1, atUs)
    return { first, start: instants()[0]?.[0] }
  }

  it('starts as late as it has to for so many of those that come', () => {
    expect(reached(1)).toEqual({ first: 0, start: 3 })
    expect(reached(2)).toEqual({ first: 0, start: 5 })
    expect(reached(3)).toEqual({ first: 0, start: 5 })
  })

  it('stays where it is if it cannot start so late, or so many do not come at all', () => {
    expect(reached(4)).toEqual({ first: undefined, start: 0 })
    expect(reached(2, 4)).toEqual({ first: undefined, start: 0 })
    expect(reached(5, 90)).toEqual({ first: undefined, start: 0 })
  })
})

/** What is repaired before the last of some windows, told what is wrong with that, and by which instants then. */
function repaired(
  windows: readonly (readonly Told[])[],
  what: WindowSettled,
  refusals: readonly Told[] = [],
  excess: readonly number[] = [],
) {
  const { of, done, current, atUs, users, instants } = settling(windows, refusals)
  const startUs = current[0]?.atUs as number
  const told = excess.length > 0 ? { ...what, excess: excess.map((i) => users[i] as User) } : what
  return { again: repairBefore(of, done, current, startUs, told, atUs), instants: instants() }
}

it('the first window of all has nobody before it who could be moved', () => {
  expect(repaired([[{ lo: 4 }]], wrong({ missingUnits: 1 })).again).toBe(undefined)
  expect(repaired([[{ lo: 4 }]], impossible({ mostStartUs: 3 })).again).toBe(undefined)
})

describe('a window that has too few', () => {
  const before: Told[] = [
    { lo: 0, hi: 30 },
    { lo: 1, hi: 14 },
    { lo: 2, hi: 12 },
  ]

  it('takes those of the window before to its start that can come latest', () => {
    const windows = [before, [{ lo: 14 }]]
    expect(repaired(windows, wrong({ missingUnits: 1 }))).toEqual({
      again: 0,
      instants: [[14, 1, 2], [14]],
    })
    expect(repaired(windows, wrong({ missingUnits: 2 }))).toEqual({
      again: 0,
      instants: [[14, 14, 2], [14]],
    })
  })

  it('is opened by those of the window before, from its end on, where they cannot come as late as it starts', () => {
    const windows = (hi: number): Told[][] => [
      [{ lo: 0 }, { lo: 1, hi: 14 }, { lo: 2, hi }, { lo: 3, hi: 9 }],
      [{ lo: 15 }],
    ]
    expect(repaired(windows(12), wrong({ missingUnits: 1 })).instants).toEqual([[0, 14, 2, 3], [15]])
    expect(repaired(windows(12), wrong({ missingUnits: 2 }))).toEqual({
      again: 0,
      instants: [[0, 12, 12, 3], [15]],
    })
    expect(repaired(windows(10), wrong({ missingUnits: 2 })).instants).toEqual([[0, 10, 10, 3], [15]])
    const kept = { again: undefined, instants: [[0, 1, 2, 3], [15]] }
    expect(repaired(windows(9), wrong({ missingUnits: 2 }))).toEqual(kept)
    expect(repaired(windows(12), wrong({ missingUnits: 3 }))).toEqual(kept)
  })

  it('counts what they cost', () => {
    const windows: Told[][] = [[{ lo: 0 }, { lo: 1, hi: 14, cost: 2 }, { lo: 2, hi: 12 }], [{ lo: 15 }]]
    expect(repaired(windows, wrong({ missingUnits: 2 })).instants).toEqual([[0, 14, 2], [15]])
    expect(repaired(windows, wrong({ missingUnits: 3 })).instants).toEqual([[0, 12, 12], [15]])
  })

  it('otherwise comes after one that starts later, so that its refusal falls into that', () => {
    const windows: Told[][] = [[{ lo: 0, hi: 8 }, { lo: 1, hi: 8 }, { lo: 5 }], [{ lo: 12 }]]
    const refusal: Told = { lo: 13, hi: 13, as: 'refused' }
    const what = { missingUnits: 1, earliestRefusal: 4 }
    expect(repaired(windows, wrong(what), [refusal])).toEqual({ again: 0, instants: [[4, 4, 5], [12]] })
    expect(repaired(windows, impossible(what), [refusal]).instants).toEqual([[4, 4, 5], [12]])
    expect(repaired(windows, wrong({ missingUnits: 1 }), [refusal]).again).toBe(undefined)
  })
})

describe('a window that holds too many', () => {
  const excess = (opener: Told, ...others: Told[]) =>
    repaired([[opener], [{ lo: 8, at: 12 }, ...others]], impossible({}), [], [1])

  it('has the first of them come in the window before, where that is open for them', () => {
    expect(excess({ lo: 0 }, { lo: 13 })).toEqual({ again: 0, instants: [[0], [8, 13]] })
    expect(excess({ lo: -1 }, { lo: 13 })).toEqual({ again: 0, instants: [[-1], [8, 13]] })
  })

  it('has that one start later where it is over by then', () => {
    expect(excess({ lo: -2, hi: 3 }, { lo: 13 })).toEqual({ again: 0, instants: [[-1], [8, 13]] })
    expect(excess({ lo: -2 }, { lo: 13 })).toEqual({ again: undefined, instants: [[-2], [12, 13]] })
  })

  it('cannot where they already come as early as they can', () => {
    const windows: Told[][] = [[{ lo: 0 }], [{ lo: 10 }, { lo: 11 }]]
    expect(repaired(windows, impossible({}), [], [1]).again).toBe(undefined)
    // One of several that still can is enough.
    const some: Told[][] = [[{ lo: 2 }], [{ lo: 10, at: 12 }, { lo: 11 }]]
    expect(repaired(some, impossible({}), [], [1, 2])).toEqual({ again: 0, instants: [[2], [10, 11]] })
  })
})

describe('a window that starts too late for somebody in it', () => {
  const early = (mostStartUs: number, ...windows: Told[][]) => repaired(windows, impossible({ mostStartUs }))

  it('is opened by one of the window before who can come latest, no earlier than it has to be', () => {
    const windows: Told[][] = [
      [
        { lo: 0, hi: 30 },
        { lo: 1, hi: 11 },
        { lo: 2, hi: 13 },
      ],
      [{ lo: 15 }],
    ]
    expect(early(14, ...windows)).toEqual({ again: 0, instants: [[0, 1, 13], [15]] })
    expect(early(12, ...windows)).toEqual({ again: 0, instants: [[0, 1, 12], [15]] })
    expect(early(10, ...windows)).toEqual({ again: 0, instants: [[0, 1, 10], [15]] })
  })

  it('is opened by one in it who need not have been moved so far, where nobody before can come then', () => {
    const windows: Told[][] = [
      [
        { lo: 0, hi: 30 },
        { lo: 1, hi: 9 },
      ],
      [{ lo: 15 }, { lo: 8, hi: 20, at: 16 }],
    ]
    expect(early(13, ...windows)).toEqual({
      again: 0,
      instants: [
        [0, 1],
        [15, 10],
      ],
    })
    const later: Told[][] = [[{ lo: 0 }], [{ lo: 15 }, { lo: 12, hi: 20, at: 16 }]]
    expect(early(12, ...later).instants).toEqual([[0], [15, 12]])
    expect(early(11, ...later)).toEqual({ again: undefined, instants: [[0], [15, 16]] })
  })

  it('cannot start before the one before it has ended', () => {
    const windows: Told[][] = [[{ lo: 0 }, { lo: 2, hi: 13 }], [{ lo: 15 }]]
    expect(early(10, ...windows).again).toBe(0)
    expect(early(9, ...windows)).toEqual({ again: undefined, instants: [[0, 2], [15]] })
  })

  it('follows one that starts earlier, after the one before that', () => {
    // The second ends at 22, and the last has to start by 21: so the second by 11.
    const windows: Told[][] = [[{ lo: 0 }, { lo: 1, hi: 12 }], [{ lo: 12 }, { lo: 13, hi: 25 }], [{ lo: 23 }]]
    expect(early(21, ...windows)).toEqual({ again: 0, instants: [[0, 11], [12, 13], [23]] })
    expect(early(22, ...windows)).toEqual({ again: 1, instants: [[0, 1], [12, 22], [23]] })
    expect(early(19, ...windows).again).toBe(undefined)
    const arrived: Told[][] = [[{ lo: 0 }], [{ lo: 12 }, { lo: 9, hi: 25, at: 13 }], [{ lo: 23 }]]
    expect(early(21, ...arrived)).toEqual({ again: 0, instants: [[0], [12, 10], [23]] })
  })
})
