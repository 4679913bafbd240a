import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import type { Verdict } from '../../lib/result/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import {
  documentedSpec,
  documentedWindowMs,
  planOf,
  simulateOncall,
  type Truth,
} from '../simulation/oncall.ts'

/** How many runs each kind of rival is given; ONSET_SEED draws the same ones again. */
const runs = Number(process.env.ONSET_RIVAL_RUNS ?? 1)
const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
console.log(`rivals: ${runs} runs of a kind from seed ${seed} on (ONSET_SEED replays them)`)

const spec = documentedSpec()
const plans = { 'one onset': planOf(spec, { quick: true }), 'two onsets': planOf(spec) }
const algorithms: Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log']
const timeout = 60_000 * runs

/** A limiter that is not what the spec says, and the scopes whose limits it concerns. */
interface RivalTruth {
  name: string
  truth: Truth
  scopes: string[]
}

const rivals: RivalTruth[] = [
  ...[299, 301, 340].map((limit) => ({
    name: `${limit} in ${documentedWindowMs / 1000} s`,
    truth: { integration: limit, apiKey: limit },
    scopes: ['integration', 'apiKey'],
  })),
  ...[0.9, 1.1].map((share) => ({
    name: `a window of ${(documentedWindowMs * share) / 1000} s`,
    truth: { windowMs: documentedWindowMs * share },
    scopes: ['integration', 'organization', 'apiKey'],
  })),
]

/** The verdicts of a few runs on the limits of some scopes, each with what replays it. */
function verdictsOf(
  truth: Truth,
  onsets: keyof typeof plans,
  scopes: readonly string[],
): [Verdict, string][] {
  return Array.from({ length: runs }, (_, k) => seed + k).flatMap((run) => {
    const { limits } = judge(simulateOncall(spec, truth, run, plans[onsets]), spec)
    return limits
      .filter(({ scope }) => scopes.includes(scope))
      .map(({ verdict, name, explanation }): [Verdict, string] => [
        verdict,
        `seed ${run}, ${name}: ${explanation}`,
      ])
  })
}

const having = (verdict: Verdict, verdicts: readonly [Verdict, string][]) =>
  verdicts.flatMap(([found, words]) => (found === verdict ? [words] : []))

/**
 * Where nothing recovers during the run, much is possible, and to look through it all takes seconds: that
 * is left to many runs.
 */
const isQuick = (onsets: keyof typeof plans, { windowMs = 0 }: Truth) =>
  onsets === 'two onsets' || windowMs <= documentedWindowMs

const kinds = rivals.flatMap((rival) =>
  (['one onset', 'two onsets'] as const)
    .filter((onsets) => runs > 1 || isQuick(onsets, rival.truth))
    .map((onsets) => ({ ...rival, onsets })),
)

/** How many limits were judged to what: a rival that one onset leaves possible is inconclusive. */
function tell(what: string, verdicts: readonly [Verdict, string][]): void {
  const counts = (['pass', 'fail', 'inconclusive'] as const).map(
    (verdict) => `${having(verdict, verdicts).length} ${verdict}`,
  )
  console.log(`${what}: ${counts.join(', ')}`)
}

describe.each(algorithms)('a %s', (algorithm) => {
  it.each(kinds)("of $name never passes for the spec's, after $onsets", { timeout }, (kind) => {
    const verdicts = verdictsOf({ ...kind.truth, algorithm }, kind.onsets, kind.scopes)
    tell(`${algorithm}, ${kind.name}, ${kind.onsets}`, verdicts)
    expect(having('pass', verdicts)).toEqual([])
    // With the second onset nothing is left that could explain it.
    if (kind.onsets === 'two onsets') expect(having('inconclusive', verdicts)).toEqual([])
  })

  it("passes for the spec's where it is, after two onsets and not before", { timeout }, () => {
    const everywhere = spec.limits.map(({ scope }) => scope)
    const judged = (onsets: keyof typeof plans) => verdictsOf({ algorithm }, onsets, everywhere)
    const [once, twice] = [judged('one onset'), judged('two onsets')]
    tell(`${algorithm} as in the spec, one onset`, once)
    tell(`${algorithm} as in the spec, two onsets`, twice)
    expect(having('fail', twice)).toEqual([])
    // Now and then another limit refuses all that would exclude a much shorter window.
    expect(having('inconclusive', twice).length).toBeLessThanOrEqual(Math.ceil(twice.length / 10))
    expect([...having('fail', once), ...having('pass', once)]).toEqual([])
  })
})

describe('a much shorter window', () => {
  it.each([
    ['fixed-window', 0.5],
    // As fixed windows of the spec's length they explain it too, and at no length between.
    ['first-hit-window', 0.6],
    ['sliding-log', 0.8],
  ] as const)(
    'never passes where the organization refuses all that would tell: %s, %d',
    {
      timeout,
    },
    (algorithm, share) => {
      const truth: Truth = { algorithm, integrationWindowMs: documentedWindowMs * share }
      const hidden = (phase: number) => simulateOncall(spec, truth, seed + phase, plans['two onsets'])
      const verdicts = Array.from({ length: 3 * runs }, (_, k) => judge(hidden(k), spec).limits[0]?.verdict)
      expect(verdicts).not.toContain('pass')
    },
  )
})

describe('one onset', () => {
  it('leaves a limit of 301 possible as a 300 whose window began within the burst', { timeout }, () => {
    const truth: Truth = { algorithm: 'first-hit-window', integration: 301, apiKey: 301 }
    const verdicts = verdictsOf(truth, 'one onset', ['integration', 'apiKey'])
    expect(having('inconclusive', verdicts).length).toBeGreaterThan(0)
  })
})
