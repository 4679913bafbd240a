import type { Answer } from '../answer.ts'
import { waitMs } from '../fields/retry-after.ts'
import { fewLines, type Ruling, refusalsOf } from '../rule.ts'

/** So many clients at once are reported; two may meet by chance. */
const many = 3

/** Clients that are told instants within one second come back together, since whole seconds are told. */
const togetherMs = 1000

interface Told {
  line: number
  client: string
  atMs: number
}

/**
 * Rule 28: the most clients whom refusals tell to come back within one second. A client is a set of
 * limiters; of its refusals within that second each counts once.
 */
export function sameInstantRuling(answers: readonly Answer[]): Ruling {
  const told = refusalsOf(answers)
    .flatMap(toldBy)
    .sort((one, other) => one.atMs - other.atMs)
  const clients = new Set(told.map(({ client }) => client)).size
  if (clients < many) {
    const why = `it takes ${many} clients that are told when to come back; seen: ${clients}`
    return { state: 'not-testable', why }
  }
  let best: Told[] = []
  let bestClients = 0
  const within = new Map<string, number>()
  let first = 0
  told.forEach((each, index) => {
    within.set(each.client, (within.get(each.client) ?? 0) + 1)
    for (let early = told[first] as Told; each.atMs - early.atMs > togetherMs; early = told[first] as Told) {
      const left = (within.get(early.client) ?? 0) - 1
      if (left === 0) within.delete(early.client)
      else within.set(early.client, left)
      first++
    }
    if (within.size <= bestClients) return
    bestClients = within.size
    best = told.slice(first, index + 1)
  })
  if (bestClients < many) return { state: 'holds', found: `at most ${bestClients} of ${clients} clients are` }
  const oneEach = new Map(best.map(({ client, line }) => [client, line]))
  return {
    state: 'broken',
    lines: fewLines(oneEach.values()),
    found: `${bestClients} of ${clients} clients are told to come back within the same second; some jitter would spread them`,
  }
}

function toldBy({ seen, retryAfter, dateMs, quotas }: Answer): Told[] {
  const client = seen.limitedBy ?? JSON.stringify([...seen.scopes].sort())
  const wait = waitMs(retryAfter, dateMs)
  const resets = quotas.flatMap(({ resetSeconds }) => (resetSeconds === undefined ? [] : [resetSeconds]))
  const delayMs = wait ? (wait[0] + wait[1]) / 2 : resets.length > 0 ? Math.max(...resets) * 1000 : undefined
  return delayMs === undefined ? [] : [{ line: seen.line, client, atMs: seen.receivedMs + delayMs }]
}
