import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SentAlerts } from '../../lib/oncall/alert-book.ts'
import { compareAlerts, countFits, type Disagreement } from '../../lib/oncall/compare-alerts.ts'

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, k) => `${prefix}${k}`)

function sentOf(accepted: number, limited: number, unknown: number): SentAlerts {
  return {
    accepted: new Set(ids('a', accepted)),
    limited: new Set(ids('l', limited)),
    unknown: new Set(ids('u', unknown)),
    firstMs: 0,
    lastAcceptedMs: accepted > 0 ? 1 : undefined,
  }
}

const kindsOf = (found: readonly Disagreement[]) => found.map(({ kind }) => kind)
const countOf = (found: readonly Disagreement[], kind: Disagreement['kind']) =>
  found.find((each) => each.kind === kind)?.count

/** What truly became of each alert: how often an alert of each request exists. */
interface Truth {
  sent: SentAlerts
  times: Map<string, number>
}

const truth: fc.Arbitrary<Truth> = fc
  .record({
    accepted: fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { maxLength: 8 }),
    limited: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { maxLength: 6 }),
    unknown: fc.array(fc.constantFrom(0, 1, 2), { maxLength: 4 }),
    strange: fc.array(fc.constantFrom(0, 0, 1), { maxLength: 2 }),
  })
  .map(({ accepted, limited, unknown, strange }) => ({
    sent: sentOf(accepted.length, limited.length, unknown.length),
    times: new Map([
      ...accepted.map((times, k) => [`a${k}`, times] as const),
      ...limited.map((times, k) => [`l${k}`, times] as const),
      ...unknown.map((times, k) => [`u${k}`, times] as const),
      ...strange.map((times, k) => [`s${k}`, times] as const),
    ]),
  }))

/** The same questions, asked one alert after another. */
function trueCounts({ sent, times }: Truth) {
  const counts = { lost: 0, doubled: 0, refused: 0, strange: 0, all: 0 }
  for (const [id, count] of times) {
    counts.all += count
    if (id.startsWith('s')) counts.strange += count
    else counts.doubled += Math.max(0, count - 1)
    if (sent.accepted.has(id) && count === 0) counts.lost++
    if (sent.limited.has(id) && count > 0) counts.refused++
  }
  return counts
}

const within = ([least, most]: [number, number | null], value: number) =>
  value >= least && value <= (most ?? Number.POSITIVE_INFINITY)

describe('the number of alerts alone', () => {
  test('agrees from the accepted ones up to those that may be accepted, and nowhere else', () => {
    for (const [accepted, limited, unknown] of [
      [0, 0, 0],
      [20, 5, 0],
      [20, 5, 3],
      [0, 4, 2],
    ] as const) {
      const sent = sentOf(accepted, limited, unknown)
      for (let count = 0; count <= accepted + limited + unknown + 3; count++) {
        const found = compareAlerts(sent, { groups: Math.min(1, count), count })
        expect(countFits(sent, count)).toBe(found.length === 0)
        if (count < accepted) expect(found).toMatchObject([{ kind: 'lost-alerts' }])
        else if (count > accepted + unknown) expect(found).toMatchObject([{ kind: 'surplus-alerts' }])
        else expect(found).toEqual([])
        const [{ count: bounds } = { count: undefined }] = found
        if (count < accepted) expect(bounds?.[0]).toBe(accepted - count)
        if (count > accepted + unknown) expect(bounds?.[0]).toBe(count - accepted - unknown)
      }
    }
  })

  test('bounds what is lost by what was accepted: those that exist may all be others', () => {
    const found = compareAlerts(sentOf(3, 2, 0), { groups: 1, count: 2 })
    expect(found).toEqual([{ kind: 'lost-alerts', count: [1, 3], requests: [] }])
  })

  test('never claims more than is true', () => {
    fc.assert(
      fc.property(truth, (truth) => {
        const { lost, doubled, refused, strange, all } = trueCounts(truth)
        const found = compareAlerts(truth.sent, { groups: 1, count: all })
        const lostBounds = countOf(found, 'lost-alerts')
        if (lostBounds) expect(within(lostBounds, lost)).toBe(true)
        const surplus = countOf(found, 'surplus-alerts')
        if (surplus) expect(within(surplus, doubled + refused + strange)).toBe(true)
      }),
    )
  })
})

describe('alerts that were read', () => {
  test('tell exactly what was lost, doubled, refused and sent by nobody, where all were read', () => {
    fc.assert(
      fc.property(truth, (truth) => {
        const { lost, doubled, refused, strange, all } = trueCounts(truth)
        const read = new Map([...truth.times].filter(([, times]) => times > 0))
        const found = compareAlerts(truth.sent, { groups: 1, count: all, read })
        const exactly = (count: number) => (count > 0 ? [count, count] : undefined)
        expect(countOf(found, 'lost-alerts')).toEqual(exactly(lost))
        expect(countOf(found, 'doubled-alerts')).toEqual(exactly(doubled))
        expect(countOf(found, 'refused-alert-exists')).toEqual(exactly(refused))
        expect(countOf(found, 'unknown-alerts')).toEqual(exactly(strange))
        expect(kindsOf(found)).not.toContain('surplus-alerts')
      }),
    )
  })

  test('bound what is true where only some were read', () => {
    fc.assert(
      fc.property(truth, fc.infiniteStream(fc.boolean()), (truth, isRead) => {
        const { lost, doubled, refused, strange, all } = trueCounts(truth)
        const read = new Map<string, number>()
        for (const [id, times] of truth.times) {
          const seen = Array.from({ length: times }, () => isRead.next().value).filter(Boolean).length
          if (seen > 0) read.set(id, seen)
        }
        const found = compareAlerts(truth.sent, { groups: 1, count: all, read })
        const holds = (kind: Disagreement['kind'], value: number) => {
          const bounds = countOf(found, kind)
          if (bounds)
            expect([kind, bounds, value, within(bounds, value)]).toEqual([kind, bounds, value, true])
        }
        holds('lost-alerts', lost)
        holds('doubled-alerts', doubled)
        holds('refused-alert-exists', refused)
        holds('unknown-alerts', strange)
      }),
    )
  })

  test('are never all well where the number is not', () => {
    fc.assert(
      fc.property(truth, (truth) => {
        const { all } = trueCounts(truth)
        const read = new Map([...truth.times].filter(([, times]) => times > 0))
        fc.pre(!countFits(truth.sent, all))
        expect(compareAlerts(truth.sent, { groups: 1, count: all, read })).not.toEqual([])
        expect(compareAlerts(truth.sent, { groups: 1, count: all, read: new Map() })).not.toEqual([])
      }),
    )
  })

  test('name the requests that are concerned', () => {
    const read = new Map([
      ['a0', 2],
      ['l1', 1],
    ])
    expect(compareAlerts(sentOf(2, 2, 0), { groups: 2, count: 3, read })).toEqual([
      { kind: 'lost-alerts', count: [1, 1], requests: ['a1'] },
      { kind: 'doubled-alerts', count: [1, 1], requests: ['a0'] },
      { kind: 'refused-alert-exists', count: [1, 1], requests: ['l1'] },
      { kind: 'split-group', count: [2, 2], requests: [] },
    ])
  })
})
