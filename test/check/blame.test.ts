import { describe, expect, it } from 'vitest'
import { blame, isSomeBroken } from '../../lib/check/blame.ts'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { judge } from '../../lib/check/index.ts'
import { type HistoryEvent, historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const { accepted, limited } = Outcome
type Request = [ms: number, outcome: Outcome, limitedBy?: string, descriptor?: string]

const descriptors = {
  A: { key: 'A', team: 't', org: 'o' },
  B: { key: 'B', org: 'o' },
  C: { key: 'C', team: 'u' },
}

function limitsOf(limits: Record<string, number>) {
  return specSchema.parse({
    limits: Object.entries(limits).map(([scope, limit]) => ({
      ...{ name: `per ${scope}`, scope, limit, window: '1s', algorithm: 'first-hit-window' },
      ...{ limitedRequests: 'free', chargedWhenRefused: 'free' },
    })),
  })
}

function recordsOf(requests: Request[]) {
  return requests.map(([ms, outcome, limitedBy, descriptor = 'A']) => {
    return { descriptor, sentUs: ms * 1000, receivedUs: ms * 1000, outcome, limitedBy }
  })
}

/** Limits of one key, of its team and of its organization, and what they answered to one request after another. */
function found(limits: Record<string, number>, requests: Request[], events: HistoryEvent[] = []) {
  const spec = limitsOf(limits)
  const records = recordsOf(requests)
  const file = () => new CaseFile(historyFromRecords({ descriptors, events }, records), spec.limits, 0)
  const { guilty, together, proofs, joint } = blame(file())
  expect(isSomeBroken(file())).toBe(guilty.size > 0 || together.length > 0)
  return { guilty: [...guilty], together, proven: [...proofs.keys()], joint: joint !== undefined }
}

const burst = (count: number, fromMs = 0): Request[] =>
  Array.from({ length: count }, (_, k) => [fromMs + k, accepted])

it('blames no limit for what all of them keep', () => {
  expect(found({ key: 3, org: 5 }, [...burst(3), [10, limited]])).toEqual({
    guilty: [],
    together: [],
    proven: [],
    joint: false,
  })
})

it('blames the limit that let too much through, and no other', () => {
  expect(found({ key: 3, org: 9 }, burst(4))).toMatchObject({ guilty: [0], together: [], proven: [0] })
  expect(found({ key: 9, org: 3 }, burst(4))).toMatchObject({ guilty: [1], together: [], proven: [1] })
  expect(found({ key: 3, org: 3 }, burst(4))).toMatchObject({ guilty: [0, 1], together: [], proven: [0, 1] })
})

it('blames the one limit there is for a refusal that it cannot justify', () => {
  expect(found({ key: 5 }, [...burst(3), [10, limited]])).toMatchObject({ guilty: [0], together: [] })
})

it('blames the limit that the answer names', () => {
  const answers: Request[] = [...burst(3), [10, limited, 'org']]
  expect(found({ key: 5, org: 9 }, answers)).toMatchObject({ guilty: [1], together: [], proven: [1] })
})

it('blames several together for a refusal that any of them may have made', () => {
  // Each would be reconciled with it by another number.
  expect(found({ key: 5, org: 9 }, [...burst(3), [10, limited]])).toMatchObject({
    guilty: [],
    together: [0, 1],
    proven: [0, 1],
  })
})

it('blames both where only one of them would explain it with another number', () => {
  // Five of another key were let through, so that keys are not limited to three; the organization may be to eight.
  // But keys may also be refused at random.
  const five = burst(5).map(([ms]): Request => [ms, accepted, undefined, 'B'])
  expect(found({ key: 5, org: 9 }, [...five, ...burst(3, 5), [10, limited]])).toMatchObject({
    guilty: [],
    together: [0, 1],
    proven: [0, 1],
  })
})

it('has what was seen said of each of them, in case that it is this one', () => {
  const five = burst(5).map(([ms]): Request => [ms, accepted, undefined, 'B'])
  const records = recordsOf([...five, ...burst(3, 5), [10, limited]])
  const spec = limitsOf({ key: 5, org: 9 })
  const { verdict, limits } = judge(historyFromRecords({ descriptors, events: [] }, records), spec)
  expect([verdict, ...limits.map((one) => one.verdict)]).toEqual(['fail', 'inconclusive', 'inconclusive'])
  const [key, org] = limits.map(({ explanation }) => explanation.split('. ').at(-1))
  expect(key).toMatch(
    /^If it is this one, what was seen is consistent with 3 in 1 s as a fixed window, which/,
  )
  expect(org).toMatch(/^If it is this one, what was seen is consistent with 8 in 1 s/)
})

it('takes a refusal for that of a limit which is broken anyway, if there is one', () => {
  const answers: Request[] = [...burst(4), [10, limited]]
  expect(found({ key: 3, org: 9 }, answers)).toMatchObject({ guilty: [0], together: [], proven: [0] })
  expect(found({ key: 3, team: 8, org: 9 }, answers)).toMatchObject({
    guilty: [0],
    together: [],
    proven: [0],
  })
})

describe('a refusal that one limit can have made by counting, and surely did not make', () => {
  // The first window ends at 1000, and 1010 opens the next one, which has room at 1100.
  const answers = (limitedBy?: string, descriptor?: string): Request[] => [
    ...[0, 900, 950, 1010].map((ms): Request => [ms, accepted, undefined, descriptor]),
    [1100, limited, limitedBy, descriptor],
  ]

  it('is blamed on another one as well, of which it is only known that it would have had room', () => {
    // Were the organization limited to four, that would explain it.
    expect(found({ key: 3, org: 9 }, answers())).toMatchObject({
      guilty: [],
      together: [0, 1],
      proven: [0],
    })
  })

  it('is blamed on the one that is named, or that is the only one', () => {
    expect(found({ key: 3, org: 9 }, answers('key'))).toMatchObject({ guilty: [0], together: [] })
    expect(found({ key: 3 }, answers())).toMatchObject({ guilty: [0], together: [] })
  })

  it('is blamed on all where two are, and it takes two others to explain them', () => {
    const later = answers(undefined, 'C').map(([ms, ...rest]): Request => [ms + 5000, ...rest])
    expect(found({ key: 3, team: 9, org: 9 }, [...answers(undefined, 'B'), ...later])).toMatchObject({
      guilty: [],
      together: [0, 1, 2],
      proven: [0],
    })
  })

  it('is blamed on both beside one that is broken and cannot have made it', () => {
    const tooMuch: Request[] = [...burst(2, 3000), ...answers(undefined, 'B')]
    expect(found({ team: 1, key: 3, org: 9 }, tooMuch)).toMatchObject({
      guilty: [0],
      together: [1, 2],
      proven: [0, 1],
    })
  })
})

it('blames others beside one that is broken for what that one cannot have refused', () => {
  const tooMuch = burst(4)
  // Named, it is one; of a request that the team's limit does not meet, either of two.
  const named: Request[] = [...tooMuch, [10, limited, 'org']]
  expect(found({ team: 3, org: 9 }, named)).toMatchObject({ guilty: [0, 1], together: [], proven: [0, 1] })
  const either: Request[] = [...tooMuch, [10, limited, undefined, 'B']]
  expect(found({ team: 3, key: 5, org: 9 }, either)).toMatchObject({
    guilty: [0],
    together: [1, 2],
    proven: [0, 1, 2],
  })
})

it('keeps a proof that lies far enough from where the clock was set, wherever windows start', () => {
  const step: HistoryEvent = { event: 'clock-step', atUs: 9_000_000, byMs: 100, line: 1 }
  expect(found({ key: 2 }, burst(5), [step])).toMatchObject({ guilty: [0], proven: [0] })
  const amid: HistoryEvent = { ...step, atUs: 2_000 }
  expect(found({ key: 2 }, burst(5), [amid])).toMatchObject({ guilty: [], proven: [] })
})

it('has the others explained by themselves, whatever the broken one did', () => {
  const ofB = (some: Request[]) => some.map(([ms, outcome]): Request => [ms, outcome, undefined, 'B'])
  const answers: Request[] = [...burst(3), ...ofB(burst(3, 3)), [10, limited], ...ofB([[11, limited]])]
  const history = historyFromRecords({ descriptors }, recordsOf(answers))
  const { limits } = judge(history, limitsOf({ key: 3, org: 5 }))
  expect(limits[1]?.verdict).toBe('fail')
  expect(limits[0]?.explainedBy?.map(({ algorithm }) => algorithm)).toEqual(['first-hit-window'])
})
