import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import { narrowed } from '../../lib/check/narrow.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, type Limit, specSchema } from '../../lib/spec/index.ts'

const { accepted, limited } = Outcome
type Sent = [ms: number, descriptor: string, outcome: Outcome, limitedBy?: string]

/** A's key lets through two just before a window ends and two just after, which no sliding counter does. */
const acrossBoundary: Sent[] = [900, 950, 1_050, 1_100].map((ms) => [ms, 'A', accepted])
/** Others use up the organization, and then somebody refuses A: its key only if it looks back two windows. */
const refusedThen: Sent[] = [
  ...[2_410, 2_420, 2_430, 2_440].map((ms): Sent => [ms, 'B', accepted]),
  [2_500, 'A', limited],
]

function caseOf(sent: readonly Sent[], rules: object = {}, unconstrained: number[] = []): CaseFile {
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A', org: 'o' }, B: { org: 'o' } } },
    sent.map(([ms, descriptor, outcome, limitedBy]) => {
      return { descriptor, sentUs: ms * 1000, receivedUs: ms * 1000, outcome, limitedBy }
    }),
  )
  const open = { algorithm: ['fixed-window', 'sliding-counter'], limitedRequests: 'free' }
  const common = { window: '1s', ...open, chargedWhenRefused: 'free', ...rules }
  const { limits } = specSchema.parse({
    limits: [
      { name: 'per key', scope: 'key', limit: 2, ...common },
      { name: 'per organization', scope: 'org', limit: 4, ...common },
    ],
  })
  return new CaseFile(history, limits, 0, new Set(unconstrained))
}
const refusersOf = ({ history, refusers }: CaseFile) =>
  refusers.of(history.count - 1).map(({ limit }) => limit.scope)

it('what is refuted of one limit says which of several refused', () => {
  const file = caseOf([...acrossBoundary, ...refusedThen])
  expect(refusersOf(file)).toEqual(['key', 'org'])
  const narrow = narrowed(file)
  expect((narrow.rules[0] as Limit).algorithm).toEqual(['fixed-window'])
  expect(refusersOf(narrow)).toEqual(['org'])
})

it('what is refuted with the numbers of the spec is not taken for refuted with others', () => {
  const narrow = narrowed(caseOf([...acrossBoundary, ...refusedThen]))
  const [cell] = narrow.cellsOfLimit(0)
  const hadRoom = (algorithm: Algorithm) =>
    narrow.refusers.surelyVacant(cell as Cell, narrow.history.count - 1, {
      algorithm,
      limit: 3,
      windowUs: 900_000,
      limitedRequests: 'free',
      chargedWhenRefused: 'free',
    })
  expect(hadRoom('fixed-window')).toBe(true)
  // It looks back on the window before, in which four were let through.
  expect(hadRoom('sliding-counter')).toBe(false)
})

it('a limit that may refuse as it likes stays what it is', () => {
  const file = caseOf([...acrossBoundary, ...refusedThen], {}, [0])
  expect(refusersOf(narrowed(file))).toEqual(['key', 'org'])
  expect(narrowed(file).rules[0]).toEqual(file.limits[0])
})

it('a limit of which nothing is left stays what the spec says', () => {
  const file = caseOf([...acrossBoundary, ...refusedThen], { algorithm: 'sliding-counter' })
  expect(refusersOf(file)).toEqual(['key', 'org'])
  expect(narrowed(file).rules[0]).toEqual(file.limits[0])
})

it('nothing is looked for where every refusal is somebody’s', () => {
  const named = caseOf([...acrossBoundary, ...refusedThen.slice(0, -1), [2_500, 'A', limited, 'org']])
  expect(narrowed(named)).toBe(named)
})

it('nothing changes where nothing is refuted', () => {
  const file = caseOf([...acrossBoundary.slice(0, 2), ...refusedThen])
  expect(refusersOf(file)).toEqual(['key', 'org'])
  expect(narrowed(file)).toBe(file)
})

it('the rules for refused requests that are left are narrower, too', () => {
  const counting = [
    ...acrossBoundary.slice(0, 2),
    // Refused by the key, and let through a window after the last that was: refusals do not count.
    ...[1_500, 1_890].map((ms): Sent => [ms, 'A', limited, 'key']),
    [1_951, 'A', accepted],
    ...refusedThen,
  ] as Sent[]
  const file = caseOf(counting, { algorithm: 'sliding-log', limitedRequests: 'either' })
  const [key] = narrowed(file).rules as [Limit]
  expect(key.limitedRequests).toBe('free')
})

it('both rules are left where neither is refuted', () => {
  const sent = [...acrossBoundary.slice(0, 2), ...refusedThen]
  const open = { limitedRequests: 'either', chargedWhenRefused: 'either' }
  const file = caseOf(sent, { algorithm: ['sliding-log', 'sliding-counter'], ...open })
  for (const rule of narrowed(file).rules) expect(rule).toMatchObject(open)
})

it('so is the rule for what another limit refused', () => {
  const B = (...ms: number[]) => ms.map((at): Sent => [at, 'B', accepted])
  const file = caseOf(
    [
      [900, 'A', accepted],
      ...B(1_391, 1_392, 1_393, 1_394),
      ...[1_500, 1_510].map((ms): Sent => [ms, 'A', limited, 'org']),
      // Had the key counted those two, it would be full.
      [2_396, 'A', accepted],
      ...B(2_410, 2_420, 2_430),
      [2_500, 'A', limited],
    ],
    { algorithm: 'sliding-log', chargedWhenRefused: 'either' },
  )
  expect(refusersOf(file)).toEqual(['key', 'org'])
  const [key, org] = narrowed(file).rules as [Limit, Limit]
  expect(key.chargedWhenRefused).toBe('free')
  expect(org.chargedWhenRefused).toBe('either')
})
