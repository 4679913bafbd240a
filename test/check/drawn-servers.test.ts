import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { drawServer } from './drawn-servers.ts'

/** How many servers are drawn: ONSET_DRAWN_SERVERS says; ONSET_SEED draws the same ones again. */
const servers = Number(process.env.ONSET_DRAWN_SERVERS ?? 30)
/** Some take ten seconds, and far more on a busy machine. */
const timeout = 60_000 + 10_000 * servers
const firstSeed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000_000)

test('no correct server fails, and no proof is rejected', { timeout }, () => {
  console.log(`${servers} drawn servers, seeds from ${firstSeed} (ONSET_SEED replays them)`)
  const wrong: string[] = []
  for (let seed = firstSeed; seed < firstSeed + servers; seed++) {
    const { historyOf, spec, enforced } = drawServer(seed)
    const { verdict, certificates, limits, assumptions } = judge(historyOf(), spec)
    if (verdict === 'fail') {
      const certificate = certificates[0] ?? limits.find((limit) => limit.certificate)?.certificate
      wrong.push(`seed ${seed}: ${JSON.stringify(enforced)} fails: ${JSON.stringify(certificate)}`)
    }
    wrong.push(...rejected(assumptions).map((why) => `seed ${seed}: ${why}`))
  }
  expect(wrong).toEqual([])
})

test('some servers that let one more through are failed', { timeout }, () => {
  const wrong: string[] = []
  let failed = 0
  for (let seed = firstSeed; seed < firstSeed + servers; seed++) {
    const { historyOf, spec } = drawServer(seed)
    const { verdict, assumptions } = judge(historyOf(1), spec)
    if (verdict === 'fail') failed++
    wrong.push(...rejected(assumptions).map((why) => `seed ${seed}: ${why}`))
  }
  expect(wrong).toEqual([])
  expect(failed, `seeds from ${firstSeed}`).toBeGreaterThan(servers / 20)
})

/** Why proofs of Onset's own were not used, if there were any. */
function rejected(assumptions: readonly { name: string; held: boolean; why?: string }[]): string[] {
  const adds = assumptions.filter(({ name }) => name === 'every proof adds up when checked again')
  expect(adds).toHaveLength(1)
  return adds.flatMap(({ held, why }) => (held ? [] : [why ?? 'a proof does not add up']))
}
