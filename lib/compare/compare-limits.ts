import type { LimitResult, Result, Verdict } from '../result/index.ts'
import type { LimitChange, LimitComparison } from './comparison.ts'
import { explainedWords, intervals, sharedWindows } from './explained-words.ts'

/**
 * What became of each limit, by what explains the two runs. How many were accepted before the first
 * refusal is not compared: a window's boundary in the burst changes it without any fault. A limit that
 * the run breaks is a fail whatever the base says.
 */
export function compareLimits(base: Result, run: Result): LimitComparison[] {
  const names = new Set([...run.limits, ...base.limits].map(({ name }) => name))
  return [...names].map((name) => {
    const before = base.limits.find((limit) => limit.name === name)
    const after = run.limits.find((limit) => limit.name === name)
    return {
      name,
      ...compared(before, after),
      ...(before && { base: explainedWords(before) }),
      ...(after && { run: explainedWords(after) }),
    }
  })
}

const verdictOf: Record<LimitChange, Verdict> = {
  kept: 'pass',
  repaired: 'pass',
  rewritten: 'pass',
  broken: 'fail',
  'still-broken': 'fail',
  'not-known': 'inconclusive',
}

type Compared = Pick<LimitComparison, 'change' | 'verdict' | 'why'>

function compared(base: LimitResult | undefined, run: LimitResult | undefined): Compared {
  const [change, why] = changeOf(base, run)
  return { change, verdict: verdictOf[change], why }
}

function changeOf(base: LimitResult | undefined, run: LimitResult | undefined): [LimitChange, string] {
  if (!run) return ['not-known', 'The run does not verify it.']
  const rewritten = base !== undefined && promise(base) !== promise(run)
  const spec = rewritten ? ` The spec promised ${promise(base)} before, and ${promise(run)} now.` : ''
  if (run.verdict === 'fail') {
    if (base?.verdict === 'fail') return ['still-broken', `It was broken before as well.${spec}`]
    if (base?.verdict !== 'pass') return ['broken', `It is broken; the base does not settle it.${spec}`]
    return ['broken', `It was kept before.${rewritten ? spec : oneLimiter(base, run)}`]
  }
  if (!base) return ['not-known', 'The base does not verify it, so nothing says whether it moved.']
  if (run.verdict === 'inconclusive')
    return ['not-known', `The run does not settle it: ${run.explanation}${spec}`]
  if (base.verdict === 'inconclusive') {
    return [
      'not-known',
      `The run keeps it; the base does not settle it, so nothing says whether it moved.${spec}`,
    ]
  }
  if (base.verdict === 'fail') {
    return ['repaired', `It was broken before.${rewritten ? spec : oneLimiter(run, base)}`]
  }
  if (rewritten) return ['rewritten', `It moved as the spec did.${spec}`]
  return ['kept', 'Both runs keep it, and in both the neighbouring limits are refuted.']
}

function promise({ limit, windowSeconds, scope }: LimitResult): string {
  return `${limit} in ${windowSeconds} s for each ${scope}`
}

/** Does it take two limiters to explain a run that passes and one that fails? */
function oneLimiter(passes: LimitResult, fails: LimitResult): string {
  const shared = sharedWindows(passes, fails)
  if (shared.length === 0) return ' Nothing that was found explains both runs.'
  return ` It may not have moved: a window of ${intervals(shared)} s would explain both runs.`
}
