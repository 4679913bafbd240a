import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { findWitness, rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { shortWindows } from './oracle-runs.ts'

// Two limits, of keys and of their organization, that let requests through at known instants, and refusals that one of
// them can have made at some instants alone: the first of these is found, and nothing where there is none.

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const scopes = ['key', 'organization'] as const
const descriptors = {
  A: { key: 'A', organization: 'o' },
  B: { key: 'B', organization: 'o' },
  C: { key: 'C' },
}
type Name = keyof typeof descriptors

interface Numbers {
  algorithm: Algorithm
  limits: readonly [key: number, organization: number]
  windowUs: number
  startUs: number
}

/** One limiter for each scope value that a request has, by scope. */
function limitersOf({ algorithm, limits, windowUs, startUs }: Numbers) {
  const uses = new Map<string, { us: number; cost: number }[]>()
  const usesOf = (name: Name, k: number) => {
    const value = (descriptors[name] as Record<string, string>)[scopes[k] as string]
    if (value === undefined) return undefined
    const key = `${k} ${value}`
    if (!uses.has(key)) uses.set(key, [])
    return uses.get(key)
  }
  const refuses = (name: Name, k: number, at: number, cost: number): boolean => {
    const used = usesOf(name, k)
    if (!used) return false
    const model = createLimiter(algorithm, { limit: limits[k] as number, windowUs, phaseUs: startUs })
    let state = model.init()
    for (const use of used) if (use.us <= at) state = model.charge(state, use.us, use.cost)
    return !model.admits(state, at, cost)
  }
  const use = (name: Name, us: number, cost: number) => {
    for (const k of scopes.keys()) usesOf(name, k)?.push({ us, cost })
  }
  return { refuses, use }
}

function caseOf(records: readonly RecordInput[], { algorithm, limits, windowUs }: Numbers) {
  const specs = shortWindows(
    scopes.map((scope, k) => ({ scope, limit: limits[k], algorithm, ...free })),
    windowUs,
  )
  const history = historyFromRecords({ descriptors }, [...records])
  return { file: new CaseFile(history, specs, 0), windowUs }
}

/** The instants of a witness, by row. */
function witnessOf({ file, windowUs }: ReturnType<typeof caseOf>, startUs: number) {
  const instants = new Float64Array(file.history.count).fill(Number.NaN)
  for (const cells of file.components) {
    const assumed = cells.map((cell) => {
      const [algorithm] = cell.limit.algorithm as [Algorithm]
      const hypothesis: Hypothesis = { algorithm, limit: cell.limit.limit, windowUs, ...free }
      if (algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
      const startsUs = phasePeriodUs(hypothesis) === undefined ? [] : [startUs]
      return { cell, hypothesis, evidence: file.evidence(cell, hypothesis), startsUs }
    })
    const { history, limits, bounds, refusers } = file
    const witness = findWitness(history, limits, bounds, assumed, refusers)
    if (!witness) return undefined
    for (const row of rowsToExplain(history, assumed, refusers)) instants[row] = witness.atUs[row] as number
  }
  return [...instants]
}

/** Of the others settling looks for refusals of a window that is full, as it is where all costs are one. */
const mixes: readonly Algorithm[] = ['sliding-counter', 'gcra']

const names = fc.constantFrom<Name>('A', 'A', 'B', 'C')
const drawn = fc.record({
  limits: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  windowUs: fc.integer({ min: 4, max: 9 }),
  startUs: fc.nat(3),
  sent: fc.array(fc.record({ us: fc.nat(24), name: names, cost: fc.constantFrom(1, 1, 2) }), {
    minLength: 2,
    maxLength: 10,
  }),
  refused: fc.array(
    fc.record({
      lo: fc.nat(26),
      took: fc.nat(9),
      name: names,
      cost: fc.constantFrom(1, 1, 2),
      by: fc.constantFrom(undefined, ...scopes),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  alike: fc.boolean(),
})

describe.each(['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter', 'gcra'] as const)(
  'of two limits, each a %s',
  (algorithm) => {
    it('the one that is named, or either, has refused at the first instant at which it can have been the first', () => {
      const seen = { found: 0, none: 0, named: 0 }
      fc.assert(
        fc.property(drawn, ({ sent, refused, alike, ...numbers }) => {
          const priced = (cost: number) => (alike || !mixes.includes(algorithm) ? 1 : cost)
          const { refuses, use } = limitersOf({ algorithm, ...numbers })
          const records: RecordInput[] = []
          const expected: (number | undefined)[] = []
          for (const { us, name, cost } of sent.toSorted((a, b) => a.us - b.us)) {
            if (scopes.some((_, k) => refuses(name, k, us, priced(cost)))) continue
            use(name, us, priced(cost))
            const outcome = Outcome.accepted
            records.push({ descriptor: name, sentUs: us, receivedUs: us, outcome, cost: priced(cost) })
            expected.push(us)
          }
          for (const { lo, took, name, cost, by } of refused) {
            const limitedBy = by !== undefined && by in descriptors[name] ? by : undefined
            const outcome = Outcome.limited
            const times = { sentUs: lo, receivedUs: lo + took }
            records.push({ descriptor: name, ...times, outcome, limitedBy, cost: priced(cost) })
            const instants = Array.from({ length: took + 1 }, (_, k) => lo + k)
            expected.push(
              instants.find((us) => {
                const first = scopes.find((_, k) => refuses(name, k, us, priced(cost)))
                return first !== undefined && (limitedBy ?? first) === first
              }),
            )
            if (limitedBy === 'organization') seen.named++
          }
          const order = [...records.keys()].sort(
            (a, b) => (records[a] as RecordInput).sentUs - (records[b] as RecordInput).sentUs,
          )
          const sorted = order.map((k) => records[k] as RecordInput)
          const found = witnessOf(caseOf(sorted, { algorithm, ...numbers }), numbers.startUs)
          if (expected.includes(undefined)) {
            seen.none++
            expect(found).toBe(undefined)
          } else {
            seen.found++
            expect(found).toEqual(order.map((k) => expected[k]))
          }
        }),
        { numRuns: 120 },
      )
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(3)
    })
  },
)
