import { cannotTell, type Judgement } from './claim.ts'
import type { HeldAgainst } from './measured.ts'
import type { Statement, Stream } from './stream.ts'

/** Is the limit that answers state the one that was measured? */
export function limitIsStated(streams: readonly Stream[], against: HeldAgainst): Judgement {
  const { limit, provenBy = 'a run that proves the limit' } = against
  if (limit === undefined) return cannotTell('the limit was not measured', provenBy)
  return compare(
    streams,
    against,
    ({ limit: stated }) => stated,
    'limit',
    '',
    `${limit} were measured`,
    (stated) => stated === limit,
  )
}

/** Is the window that answers state the one that was measured, but for the rounding to whole seconds? */
export function windowIsStated(streams: readonly Stream[], against: HeldAgainst): Judgement {
  const { windowMs, provenBy = 'a run that proves the window' } = against
  if (windowMs === undefined) return cannotTell('the window was not measured', provenBy)
  const [least, most] = windowMs
  const measured = `${least / 1000} to ${most / 1000} s were measured`
  return compare(
    streams,
    against,
    ({ windowSeconds }) => windowSeconds,
    'window',
    ' s',
    measured,
    (seconds) => {
      return (seconds - 1) * 1000 < most && (seconds + 1) * 1000 > least
    },
  )
}

/** Of several policies one is enough: the others speak of other limits. One that says so is none. */
function compare(
  streams: readonly Stream[],
  { isAbout = () => true }: HeldAgainst,
  statedBy: (stream: Stream) => number | undefined,
  what: string,
  unit: string,
  measured: string,
  isTrue: (stated: number) => boolean,
): Judgement {
  const byPolicy = new Map<string, { stated: number; statements: Statement[]; mayBeOther: boolean }[]>()
  for (const stream of streams) {
    const stated = statedBy(stream)
    const quota = stream.statements[0]?.quota
    if (stated === undefined || !quota) continue
    const key = JSON.stringify([quota.dialect, quota.name, quota.partition])
    const about = stream.scopes.length > 1 && quota.name !== undefined ? isAbout(quota.name) : true
    if (about === false) continue
    const mayBeOther = stream.limiters > 1 || about === undefined
    byPolicy.set(key, [...(byPolicy.get(key) ?? []), { stated, statements: stream.statements, mayBeOther }])
  }
  const policies = [...byPolicy.values()]
  if (policies.length === 0) return cannotTell(`no answer states a ${what}`, `answers that state it`)
  const whollyTrue = policies.find((each) => each.every(({ stated }) => isTrue(stated)))
  if (whollyTrue) {
    const lines = whollyTrue.flatMap(({ statements }) => linesOf(statements))
    return { verdict: 'true', lines, why: `${whollyTrue[0]?.stated}${unit} is stated, and ${measured}` }
  }
  const partly = policies.find((each) => each.some(({ stated }) => isTrue(stated)))
  const wrong = (partly ?? policies.flat()).filter(({ stated }) => !isTrue(stated))
  const lines = wrong.flatMap(({ statements }) => linesOf(statements))
  const numbers = [...new Set(wrong.map(({ stated }) => stated))].join(', ')
  const why = `${numbers}${unit} is stated, while ${measured}`
  if (wrong.some(({ mayBeOther }) => mayBeOther)) {
    return cannotTell(
      `${why}; it may be about another limit that the request met, since no name says which`,
      'requests that meet a single limit',
      lines,
    )
  }
  return { verdict: 'untrue', lines, why }
}

function linesOf(statements: readonly Statement[]): number[] {
  return statements.slice(0, 2).map(({ seen }) => seen.line)
}
