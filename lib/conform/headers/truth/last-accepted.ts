import type { Observed } from '../observed.ts'
import { counted } from '../rule.ts'
import { cannotTell, type Judgement, together } from './claim.ts'
import type { Measured } from './measured.ts'
import { inSequence, type Statement, type Stream } from './stream.ts'
import type { Traffic } from './traffic.ts'

const settledBy = 'requests one after another up to a refusal, that meet a single limit nobody else uses'

/**
 * Is the last accepted request before a refusal told that nothing remains? Untrue where two or more
 * remained that nobody can have used in between; one that remains may be a fraction that was rounded, or
 * a request that is counted after it is answered.
 */
export function lastSaysZero(
  streams: readonly Stream[],
  refused: readonly Observed[],
  measured: Measured,
  traffic: Traffic,
): Judgement {
  const refusals = [...refused].sort((one, other) => one.sentMs - other.sentMs)
  const judgements = streams.flatMap((stream) => {
    const { scopes } = stream
    // With several limiters, the one that refused need not be the one that the statement is about.
    if (scopes.length !== 1) return []
    const ownRefusals = refusals.filter((each) => each.scopes.length === 1 && each.scopes[0] === scopes[0])
    return judgeStream(stream, ownRefusals, measured, traffic)
  })
  return together(
    judgements,
    cannotTell('no refusal follows an accepted answer that says what remains', settledBy),
  )
}

function judgeStream(
  { scopes, statements }: Stream,
  refusals: readonly Observed[],
  measured: Measured,
  traffic: Traffic,
): Judgement[] {
  const accepted = inSequence(
    statements.filter(({ seen, quota }) => seen.outcome === 'accepted' && quota.remaining !== undefined),
  )
  let next = 0
  return refusals.flatMap((refusal) => {
    while ((accepted[next]?.seen.receivedMs ?? Number.POSITIVE_INFINITY) <= refusal.sentMs) next++
    const last = accepted[next - 1]
    return last ? [judgePair(last, refusal, scopes, measured, traffic)] : []
  })
}

function judgePair(
  { seen, quota }: Statement,
  refusal: Observed,
  scopes: readonly string[],
  { foreignTraffic }: Measured,
  traffic: Traffic,
): Judgement {
  const remaining = quota.remaining ?? 0
  const others = traffic.most(scopes, seen.sentMs, refusal.receivedMs) - 2
  const lines = [seen.line, refusal.line]
  const why = `line ${seen.line} says that ${counted(remaining, 'unit')} remain, and line ${refusal.line} after it is refused`
  if (remaining === 0) return { verdict: 'true', lines, why }
  const unexplained = remaining - others
  if (unexplained >= 2 && foreignTraffic === 'none') return { verdict: 'untrue', lines, why }
  if (unexplained >= 2) return cannotTell(`${why}; others may have used the rest`, settledBy, lines)
  const excuse =
    unexplained === 1
      ? 'a fraction that was rounded, or counting after the answer, explains one'
      : 'requests in between may have used the rest'
  return cannotTell(`${why}; ${excuse}`, settledBy, lines)
}
