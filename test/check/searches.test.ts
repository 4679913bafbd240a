import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { examine } from '../../lib/check/explain.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import {
  type Choice,
  inZones,
  mended,
  playedWith,
  type Search,
  settledOrPlayed,
  settledUnlessLong,
  type UnderWay,
} from '../../lib/check/searches.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'

// Which search is made when, and what is known of one when the next is made.

/** A limit for each key and one for both, met by two requests that are let through and one that is refused. */
function caseOf(
  algorithms: readonly Algorithm[],
  rules: Record<string, string> = {},
  [perKey, together] = [1, 4],
): CaseFile {
  const { limits } = specSchema.parse({
    limits: Object.entries({ key: perKey, organization: together }).map(([scope, limit]) => {
      return { name: scope, scope, limit, window: '1s', algorithm: algorithms, ...rules }
    }),
  })
  const descriptors = { A: { key: 'A', organization: 'all' }, B: { key: 'B', organization: 'all' } }
  const answers = [
    ['A', Outcome.accepted],
    ['A', Outcome.limited],
    ['B', Outcome.accepted],
  ] as const
  const records = answers.map(([descriptor, outcome], k) => {
    return { descriptor, outcome, sentUs: 10_000 * k, receivedUs: 10_000 * k + 5_000 }
  })
  return new CaseFile(historyFromRecords({ descriptors }, records), limits, 0)
}

const plain = { limitedRequests: 'free', chargedWhenRefused: 'free' }

/** What is supposed of both limits: the first hypothesis about each. */
const choiceOf = (file: CaseFile): Choice =>
  new Map(file.limits.map((_, k) => [k, file.openHypotheses(k)[0] as Hypothesis]))

const underWay = (work = 1_000_000): UnderWay => ({ inZones: new Map(), toPlay: createAllowance(work) })
const patience = { starts: 4, inVain: { starts: 6, rest: 40 }, attempts: 1, again: 2 }

/** Which searches a file knows of, by their first word. */
const made = ({ searched }: CaseFile) => [...searched.keys()].map((key) => key.split(/[ ,]/)[0])

function found(search: Search, file: CaseFile, under = underWay()) {
  const cells = file.components[0] ?? []
  return search(file, cells, choiceOf(file), under) !== undefined
}

describe('looking for a witness', () => {
  it.each([
    ['gcra', 'settled'],
    ['fixed-window', 'settled'],
    ['sliding-counter', 'played'],
  ] as const)('at a glance, a %s is %s', (algorithm, how) => {
    const file = caseOf([algorithm], plain)
    expect(found(settledOrPlayed(patience), file)).toBe(true)
    expect(made(file)).toEqual([how])
  })

  it('at length, several sliding counters are not settled, and what is not counters is', () => {
    const [counters, logs] = [caseOf(['sliding-counter'], plain), caseOf(['sliding-log'], plain)]
    expect([counters, logs].map((file) => found(settledUnlessLong, file))).toEqual([false, true])
    expect([made(counters), made(logs)]).toEqual([[], ['settled']])
  })

  it('one sliding counter by itself is settled', () => {
    const file = caseOf(['sliding-counter'], plain)
    const [cell] = file.cells
    const choice = new Map([[0, file.openHypotheses(0)[0] as Hypothesis]])
    expect(settledUnlessLong(file, cell ? [cell] : [], choice)).toBeDefined()
  })

  it('nothing is played where no work is left for it', () => {
    const file = caseOf(['gcra'], plain)
    expect([0, 1_000_000].map((work) => found(playedWith(patience), file, underWay(work)))).toEqual([
      false,
      true,
    ])
  })

  it('where all are sliding logs their instants are mended, and only there', () => {
    const logs = caseOf(['sliding-log'], plain)
    expect([found(mended, logs), made(logs)]).toEqual([true, ['mended']])
    const windows = caseOf(['fixed-window'], plain)
    expect([found(mended, windows), made(windows)]).toEqual([false, []])
  })

  it('nothing is looked for again, in whichever order the limits are named', () => {
    const file = caseOf(['gcra'], plain)
    const cells = file.components[0] ?? []
    const forwards = choiceOf(file)
    const backwards: Choice = new Map([...forwards].reverse())
    const [first, second] = [forwards, backwards].map((choice) =>
      settledOrPlayed(patience)(file, cells, choice, underWay()),
    )
    expect(first).toBeDefined()
    expect(second).toBe(first)
    // Nor where it is known to be in vain.
    const [key = ''] = file.searched.keys()
    file.impossible.add(key.slice(key.indexOf(',') + 1))
    expect(found(settledOrPlayed(patience), file)).toBe(false)
  })

  it('in zones, a turn takes no more than its share of the work, the first one that of the furthest', () => {
    const left = (share: { furthest: number; others: number }, work: number) => {
      const file = caseOf(['gcra'], plain)
      file.toSearchZones.left = work
      const isFound = found(inZones({ mostAbreast: 32, share }), file)
      return { isFound, used: work - file.toSearchZones.left }
    }
    const whole = left({ furthest: 1, others: 0 }, 1_000)
    expect(whole.isFound).toBe(true)
    expect(whole.used).toBeGreaterThan(1)
    expect(left({ furthest: 0.5, others: 0 }, 2 * whole.used + 2)).toEqual(whole)
    expect(left({ furthest: 0, others: 1 }, 1_000)).toEqual({ isFound: false, used: 0 })
  })
})

describe('examining one of several limits', () => {
  it('supposes first that the others are like it', () => {
    const file = caseOf(['sliding-log', 'fixed-window', 'gcra', 'first-hit-window'], {}, [1, 3])
    for (const { hypothesis, witness } of examine(file, 0)) {
      const { algorithm, limitedRequests, chargedWhenRefused } = hypothesis
      expect(witness?.hypotheses.get(1)).toMatchObject({ algorithm, limitedRequests, chargedWhenRefused })
    }
  })

  it('supposes nothing of others that were never full', () => {
    const file = caseOf(['sliding-log', 'gcra'])
    const supposed = examine(file, 0).map(({ witness }) => [...(witness?.hypotheses.keys() ?? [])])
    expect(supposed).toEqual(supposed.map(() => [0]))
    // The one that is asked about is looked at in any case.
    expect(examine(file, 1).every(({ witness }) => witness?.hypotheses.has(1))).toBe(true)
  })
})
