import { describe, expect, it, test } from 'vitest'
import { blame } from '../../lib/check/blame.ts'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { examine } from '../../lib/check/explain.ts'
import { asJudged } from '../../lib/check/judge.ts'
import type { Witness } from '../../lib/check/replay/replay.ts'
import { type Fault, faults } from './odd-limiters.ts'
import { drawOddServer, limitsWith, type OddServer } from './odd-servers.ts'
import { checked } from './odd-verdicts.ts'
import { playedOtherwise } from './played-otherwise.ts'

// Servers that are odd, and specs that tell the truth about them. What a verdict promises is held against what
// the server is:
// - A server that keeps its limits never fails, and nothing proves that a limit is not what it is.
// - A limit that is another one than the spec says never passes where a pass says that it is not that one: one
//   more or one less, or another window. Where it is further off, or does something else, a pass can be right:
//   what was seen is then what a limiter of the spec would have answered as well.
// - Beside a limit that is another one, or no limiter at all, those that are kept never fail.
// - So every pass has a witness, which gives all the answers when it is played.
// - No proof that was found is rejected when it is checked again.

/** How many servers are drawn: ONSET_ODD_SERVERS says; ONSET_SEED draws the same ones again. */
const servers = Number(process.env.ONSET_ODD_SERVERS ?? 6)
const firstSeed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000_000)
/** Some take ten seconds, and far more on a busy machine. */
const timeout = 60_000 + 20_000 * servers

const seeds = Array.from({ length: servers }, (_, k) => firstSeed + k)
/** All that are limiters still, which verdicts can be held against. */
const others = faults.filter(({ instead }) => instead)

/** What is wrong with the verdict about a server one of whose limits is another. */
function wrongWith(server: OddServer, fault: Fault, index: number) {
  const limits = limitsWith(server, fault, index)
  return limits && checked(server, server.historyOf({ fault, index }), limits, index)
}

test('no correct server fails, however odd it is', { timeout }, () => {
  console.log(`${servers} odd servers, seeds from ${firstSeed} (ONSET_SEED replays them)`)
  const wrong = seeds.flatMap((seed) => {
    const server = drawOddServer(seed)
    return checked(server, server.historyOf()).wrong.map((why) => `seed ${seed}: ${why}`)
  })
  expect(wrong).toEqual([])
})

test('no limit passes for another', { timeout }, () => {
  const wrong = seeds.flatMap((seed) => {
    const server = drawOddServer(seed)
    const fault = others[seed % others.length] as Fault
    const index = Math.floor(seed / others.length) % server.limits.length
    const found = wrongWith(server, fault, index)?.wrong ?? []
    return found.map((why) => `seed ${seed}, limit ${index}, ${fault.name}: ${why}`)
  })
  expect(wrong).toEqual([])
})

test('no limit fails in the place of another', { timeout }, () => {
  // The first one's second limit refuses some at random, which another number for the first one would explain.
  const wrong = [911_606, ...seeds].flatMap((seed, k) => {
    const server = drawOddServer(seed)
    const fault = (k === 0 ? faults.at(-1) : faults[seed % faults.length]) as Fault
    const index = k === 0 ? 1 : Math.floor(seed / faults.length) % server.limits.length
    const history = server.historyOf({ fault, index })
    const file = new CaseFile(history, asJudged(history, server.spec.limits), server.spec.clockDriftPpm)
    const failed = [...blame(file).guilty].filter((one) => one !== index)
    return failed.map((one) => `seed ${seed}: limit ${one} fails, and ${index} is broken: ${fault.name}`)
  })
  expect(wrong).toEqual([])
})

/** Servers of one limit that pass: a plain one, others used before, with limits elsewhere, a rule for statuses. */
const passing = [212, 105, 298, 542]

describe.each(passing)('what is held against verdicts can fail: server %i', (seed) => {
  const server = drawOddServer(seed)
  const numbers = others.slice(0, 9)
  const wrongAbout = (history = server.historyOf(), limits = server.limits, index?: number) =>
    checked(server, history, limits, index)

  it('passes, and nothing is wrong with that', () => {
    const { judged, wrong } = wrongAbout()
    expect([judged.verdict, wrong]).toEqual(['pass', []])
  })

  it.each(numbers)('it would be said to fail though correct, were it not for $name', (fault) => {
    const { wrong } = wrongAbout(server.historyOf({ fault, index: 0 }))
    expect(wrong[0]).toMatch(/^a correct server fails/)
  })

  it('would be said to pass though another', () => {
    for (const name of ['one more', 'one less', 'a window longer by the tolerance']) {
      const fault = others.find((one) => one.name === name) as Fault
      const { wrong } = wrongAbout(server.historyOf(), limitsWith(server, fault, 0), 0)
      expect(wrong, name).toHaveLength(2)
      expect(wrong[0]).toMatch(/^limit 0 passes, and is /)
      expect(wrong[1]).toMatch(/^limit 0 is refuted as what it is/)
    }
  })

  it('has a witness that no longer plays once it is changed', () => {
    const { spec } = server
    const history = server.historyOf()
    const witness = examine(new CaseFile(history, spec.limits, spec.clockDriftPpm), 0).find(
      ({ verdict }) => verdict === 'explained',
    )?.witness as Witness
    const rows = Array.from({ length: history.count }, (_, row) => row)
    const first = history.outcome.findIndex((_, row) => !Number.isNaN(witness.atUs[row]))
    const instead = (us: number) => ({ ...witness, atUs: witness.atUs.with(first, us) })
    const otherwise = { ...history, outcome: history.outcome.map((outcome) => 1 - outcome) }
    expect(playedOtherwise(history, spec, witness, rows)).toBe(undefined)
    expect(playedOtherwise(history, spec, instead(Number.NaN), rows)).toMatch(/left out/)
    expect(playedOtherwise(history, spec, instead(-1e9), rows)).toMatch(/is decided at/)
    expect(playedOtherwise(otherwise, spec, witness, rows)).toMatch(/answered otherwise|left out/)
  })
})
