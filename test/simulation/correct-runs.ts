import type { History } from '../../lib/history/index.ts'
import { createLimiter, modelledAlgorithms } from '../../lib/limiters/index.ts'
import { makePlan } from '../../lib/plan/index.ts'
import { type Algorithm, type Spec, specSchema } from '../../lib/spec/index.ts'
import { seeded, simulateRun } from './simulate.ts'

/** A run of the planner's requests against limiters that are what the spec says. */
export interface CorrectRun {
  /** What was drawn, in words. */
  words: string
  algorithm: Algorithm
  spec: Spec
  history: History
}

const windowUs = 10_000_000

/**
 * Draws a correct limiter and how its answers come: each of the algorithms in turn, one limit, two or three
 * that share requests or not, latencies of 1 to 50 ms, refused requests counted or not, named or not, and a
 * spec that says so or leaves it open. The same seed always draws the same.
 * @param known what the planner is told of the spec: another plan makes another run of the same seed.
 */
export function correctRun(seed: number, known: (spec: Spec) => Spec = (spec) => spec): CorrectRun {
  const random = seeded(seed * 104_729 + 17)
  const oneOf = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item
  const algorithm = modelledAlgorithms[seed % modelledAlgorithms.length] as Algorithm
  const scopes = oneOf([
    ['integration'],
    ['integration', 'organization'],
    ['integration', 'organization', 'apiKey'],
  ] as const)
  const latencyMs = oneOf([1, 3, 10, 20, 35, 50])
  const limitedRequests = oneOf(['free', 'counted'] as const)
  const chargedWhenRefused =
    scopes.length === 1 ? ('free' as const) : oneOf(['free', 'free', 'counted', 'earlier'] as const)
  const namesRefuser = random() < 0.5
  const limit = oneOf([30, 60, 150, 300])
  const isBucket = algorithm === 'token-bucket' || algorithm === 'gcra'
  const says = {
    window: '10s',
    ...((isBucket || random() < 0.5) && { algorithm: [algorithm] }),
    ...(random() < 0.5 && { limitedRequests, chargedWhenRefused }),
  }
  const limitOf = (scope: string) => (scope === 'organization' ? Math.round((limit * 5) / 3) : limit)
  const spec = specSchema.parse({
    limits: scopes.map((scope) => ({ name: `per ${scope}`, scope, limit: limitOf(scope), ...says })),
  })
  const sharedPhaseUs = random() < 0.5 ? Math.floor(random() * windowUs) : undefined
  const made = makePlan(known(spec))
  if (!made.ok) throw new Error(made.problems.map(({ why }) => why).join('; '))
  const history = simulateRun(
    made.plan,
    {
      limits: scopes.map((scope) => ({
        name: scope,
        scope,
        limitedRequests,
        chargedWhenRefused,
        model: () =>
          createLimiter(algorithm, {
            limit: limitOf(scope),
            windowUs,
            phaseUs: sharedPhaseUs ?? Math.floor(random() * windowUs),
          }),
      })),
      namesRefuser,
      latencyMs: (draw) => latencyMs * (0.5 + 3 * draw() ** 3),
    },
    seed,
  )
  const words =
    `seed ${seed}: ${algorithm}, ${limit} per ${scopes.join(', ')}, ${latencyMs} ms, refused ${limitedRequests}, ` +
    `charged when refused ${chargedWhenRefused}, refuser ${namesRefuser ? '' : 'not '}named`
  return { words, algorithm, spec, history }
}
