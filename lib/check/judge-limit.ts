import { Outcome } from '../history/history.ts'
import type { LimitResult, Rival as ResultRival, Seen } from '../result/index.ts'
import { type Limit, saturates } from '../spec/index.ts'
import type { Checked } from './assumptions.ts'
import type { Blame } from './blame.ts'
import type { CaseFile, Proof } from './evidence/case-file.ts'
import { describeHypothesis, type Hypothesis, phasePeriodUs } from './evidence/hypothesis.ts'
import { type Examined, examine } from './explain.ts'
import { type ForeignUse, foreignResult, foreignUseNeeded } from './foreign.ts'
import { rivalled, unexplained, usedByOthers } from './inconclusive.ts'
import { onsetsOf } from './onsets.ts'
import { farRivalLeft, type Rival, rivalsOf } from './rivals.ts'
import { whatWasSeen } from './seen/what-was-seen.ts'
import { windowKnown } from './sharpness.ts'
import { resultCertificate } from './words/result-certificate.ts'
import { algorithmsWords, ruleWords, windowWords } from './words/words.ts'

/** The result for a limit that was refuted under everything the spec allows. */
export function failedLimit(file: CaseFile, index: number, proofs: readonly Proof[]): LimitResult {
  const seen = whatWasSeen(file, index)
  const certificate = resultCertificate(file, index, proofs)
  const foreign = certificate.kind === 'unjustified-refusal' ? foreignUseNeeded(file, index) : undefined
  const { limit, window } = file.limits[index] as Limit
  const found = insteadWords(seen)
  return {
    ...about(file, index, (proofs[0] as Proof).hypothesis, []),
    verdict: 'fail',
    explanation: `Not ${limit} in ${windowWords(window * 1000)}. ${found.charAt(0).toUpperCase()}${found.slice(1)}.${foreign ? ` ${foreignWords(foreign)}` : ''}`,
    certificate,
    ...(seen && { seen }),
    ...(foreign && { foreignUse: foreignResult(file, foreign) }),
  }
}

/** The result for one of several limits of which at least one is broken, and no one can say which. */
export function failedTogether(file: CaseFile, index: number, { proofs, together }: Blame): LimitResult {
  const others = together.filter((i) => i !== index).map((i) => `"${file.limits[i]?.name}"`)
  // Of one that has an explanation by itself, nothing near it is told from it either.
  const isRefuted = proofs.has(index)
  const seen = isRefuted ? whatWasSeen(file, index) : undefined
  const ifThisOne = isRefuted ? ` If it is this one, ${insteadWords(seen)}.` : ''
  return {
    ...facts(file, index),
    verdict: 'inconclusive',
    reason: 'several-limits',
    explanation: `Together with ${others.join(' and ')} this limit does not explain the history, but which of them is broken cannot be told.${ifThisOne}`,
    ...(seen && { seen }),
    whatWouldSettleIt: 'Verify one scope at a time, or let the responses say which limit refused.',
  }
}

function insteadWords(seen: Seen | undefined): string {
  if (seen) return `what was seen is ${seen.words}`
  return 'none of the limits and windows near it that were tried explains what was seen'
}

/** Judges a limit that nothing refutes: passes it with a witness and no rival left. */
export function judgeLimit(file: CaseFile, index: number, removedBy: readonly Checked[]): LimitResult {
  const spec = file.limits[index] as Limit
  if (file.cellsOfLimit(index).length === 0) {
    return {
      ...facts(file, index),
      verdict: 'inconclusive',
      reason: 'never-used',
      explanation: `No request of the history has the scope "${spec.scope}".`,
      whatWouldSettleIt: `Send requests that carry the scope "${spec.scope}".`,
    }
  }
  const examined = examine(file, index)
  const explained = examined.filter(({ verdict }) => verdict === 'explained')
  const rivals = rivalsOf(file, index)
  const left = rivals.filter(({ refuted }) => !refuted)
  const first = (explained[0] ??
    examined.find(({ verdict }) => verdict === 'open') ??
    examined[0]) as Examined
  const shown = explained.filter(({ hypothesis }) => !hasTwin(hypothesis, explained))
  const result: Omit<LimitResult, 'verdict' | 'explanation'> = {
    ...about(file, index, first.hypothesis, explained),
    explainedBy: shown.map((e) => explanationOf(file, index, e)),
    rivals: rivals.map((rival) => rivalResult(rival)),
  }
  const foreign = spec.foreignTraffic === 'possible' ? foreignUseNeeded(file, index) : undefined
  if (foreign) return usedByOthers(file, result, foreign)
  if (explained.length === 0) return unexplained(file, index, result, examined, left)
  if (left.length > 0) return rivalled(file, index, result, left)
  const far = farRivalLeft(file, index)
  if (far)
    return rivalled(file, index, { ...result, rivals: [...(result.rivals ?? []), rivalResult(far)] }, [far])
  if (removedBy.length > 0) {
    return {
      ...result,
      verdict: 'inconclusive',
      reason: 'assumption',
      explanation: `It would pass, but ${removedBy.map(({ assumption }) => assumption.why).join('; ')}.`,
      whatWouldSettleIt: 'Run again without that; a lower rate helps where requests were not sent.',
    }
  }
  const algorithms = explained.map(({ hypothesis }) => hypothesis.algorithm)
  const explainedBy = result.explainedBy?.map((explanation, k) => {
    const window = windowKnown(file, index, (shown[k] as Examined).hypothesis)
    return { ...explanation, windowSeconds: window.map((us) => us / 1e6) as [number, number] }
  })
  return {
    ...result,
    explainedBy,
    verdict: 'pass',
    explanation: `Refusals begin after exactly ${spec.limit} in ${windowWords(spec.window * 1000)}, as ${algorithmsWords(algorithms)} does; ${spec.limit - 1} and ${spec.limit + 1}, and windows ${percent(spec.tolerance)} shorter or longer, are excluded.`,
  }
}

function foreignWords({ unitsAtLeast }: ForeignUse): string {
  return `If others used it, at least ${unitsAtLeast} of theirs would explain it.`
}

function facts(file: CaseFile, index: number) {
  const { name, scope, limit, window, algorithm } = file.limits[index] as Limit
  return { name, scope, limit, windowSeconds: window / 1000, algorithms: algorithm }
}

function about(file: CaseFile, index: number, hypothesis: Hypothesis, explained: readonly Examined[]) {
  const witnesses = explained.flatMap(({ witness }) => (witness ? [witness] : []))
  const onsets = onsetsOf(file, index, hypothesis, witnesses)
  const [onset] = onsets
  const counts = { accepted: 0, limited: 0, unknown: 0 }
  for (const cell of file.cellsOfLimit(index)) {
    for (const row of cell.rows) {
      const outcome = file.history.outcome[row]
      if (outcome === Outcome.accepted) counts.accepted++
      else if (outcome === Outcome.limited) counts.limited++
      else counts.unknown++
    }
  }
  return {
    ...facts(file, index),
    ...(onset && { onset, onsets }),
    tested: {
      ...counts,
      onsets: onsets.length,
      recoveries: onsets.filter(({ recoveredAt }) => recoveredAt !== undefined).length,
    },
  }
}

function explanationOf(file: CaseFile, index: number, { hypothesis }: Examined) {
  const { algorithm, limitedRequests, chargedWhenRefused, rounding } = hypothesis
  const { earlier, later, equalCosts } = file.surroundings(index)
  return {
    algorithm,
    ...phase(file, index, hypothesis),
    ...(hypothesis.refillTickUs !== undefined && { refillSeconds: hypothesis.refillTickUs / 1e6 }),
    limitedRequests: saturates(algorithm) && equalCosts ? ('either' as const) : limitedRequests,
    chargedWhenRefused: earlier || later ? chargedWhenRefused : ('either' as const),
    ...(rounding === 'ceil' && { note: 'rounding up' }),
  }
}

/** Does the same explain it as well with the count rounded down? Then rounding makes no difference here. */
function hasTwin(hypothesis: Hypothesis, explained: readonly Examined[]): boolean {
  if (hypothesis.rounding !== 'ceil') return false
  const twin = describeHypothesis({ ...hypothesis, rounding: 'floor' })
  return explained.some((other) => describeHypothesis(other.hypothesis) === twin)
}

/** Where the window, or a refill, of the limiter that was pinned down best may start, in ms since the run started. */
function phase(file: CaseFile, index: number, hypothesis: Hypothesis): { phaseMs?: [number, number] } {
  const periodUs = phasePeriodUs(hypothesis)
  if (periodUs === undefined || hypothesis.algorithm === 'sliding-counter') return {}
  const known = file.cellsOfLimit(index).flatMap((cell) => {
    if (file.holdsAll(cell, hypothesis)) return []
    const openUs = file.openStarts(cell, hypothesis)
    if (openUs.length === 0) return []
    const from = Math.min(...openUs.map(([us]) => us))
    const to = Math.max(...openUs.map(([, us]) => us))
    return [{ from, width: to - from }]
  })
  const [best] = known.sort((a, b) => a.width - b.width)
  if (!best || best.width >= periodUs / 2) return {}
  const from = ((best.from % periodUs) + periodUs) % periodUs
  return { phaseMs: [from / 1000, (from + best.width) / 1000] }
}

function rivalResult({ hypothesis, refuted }: Rival): ResultRival {
  const { algorithm, limit, windowUs, rounding } = hypothesis
  const rules = ruleWords(hypothesis)
  const why = rounding === 'ceil' ? `${rules}${rules ? ' and' : ' that'} rounds up` : rules
  return { algorithm, limit, windowSeconds: windowUs / 1e6, refuted, ...(why && { why: `one${why}` }) }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
