import { overallVerdict, type Result } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'

/**
 * A result that lists only the limits of some scopes, with the verdict of these. The others were known
 * while it was judged, so what they refused is explained by them; nothing is said about them but that
 * they were left out, and whether the history contradicts one all the same. Pure.
 * @param only the scopes; undefined for all.
 */
export function onlyAsked(
  result: Result,
  limits: readonly Limit[],
  only: readonly string[] | undefined,
): Result {
  if (only === undefined) return result
  const isAsked = ({ scope }: { scope: string }) => only.includes(scope)
  const leftOut = limits.filter((limit) => !isAsked(limit))
  if (leftOut.length === 0) return result
  const listed = result.limits.filter(isAsked)
  const names = listed.map(({ name }) => name)
  const certificates = (result.certificates ?? []).filter(
    (each) => each.limits === undefined || each.limits.some((name) => names.includes(name)),
  )
  const fails = certificates.length > 0 || (result.findings ?? []).some(({ level }) => level === 'fail')
  const contradicted = result.limits.filter((limit) => !isAsked(limit) && limit.verdict === 'fail')
  const quoted = (those: readonly { name: string }[]) => those.map(({ name }) => `"${name}"`).join(', ')
  const also = contradicted.length > 0 ? ` The history contradicts ${quoted(contradicted)} all the same.` : ''
  const message = `Left out, since only ${only.join(', ')} was asked for: ${quoted(leftOut)}.${also}`
  return {
    ...result,
    verdict: fails ? 'fail' : overallVerdict(listed.map(({ verdict }) => verdict)),
    limits: listed,
    certificates,
    warnings: [...(result.warnings ?? []), { code: 'left-out', message }],
  }
}
