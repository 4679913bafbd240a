import { isDeepStrictEqual } from 'node:util'
import type { Difference } from './comparison.ts'
import type { ReadRun } from './run.ts'

/** In what a run differs from its base, as far as that bears on comparing them. */
export function differencesOf(base: ReadRun, run: ReadRun): Difference[] {
  return [
    ...target(base, run),
    ...plan(base, run),
    ...limits(base, run),
    ...tools(base, run),
    ...ends(base, run),
  ]
}

function target(base: ReadRun, run: ReadRun): Difference[] {
  const [before, after] = [base, run].map(({ result }) => result.run?.target)
  if (before?.kind !== after?.kind) {
    return [
      {
        what: 'target',
        words: `The base was fired at a target of kind ${before?.kind ?? 'unknown'}, the run at one of kind ${after?.kind ?? 'unknown'}.`,
        removesLatency: true,
      },
    ]
  }
  // The embedded target has another port each time.
  if (after?.kind === 'embedded' || isDeepStrictEqual(before?.urls, after?.urls)) return []
  const at = (urls: readonly string[] = []) => urls.join(', ') || 'an address that is not known'
  return [
    {
      what: 'target',
      words: `The base was fired at ${at(before?.urls)}, the run at ${at(after?.urls)}.`,
      removesLatency: false,
    },
  ]
}

/** Under another load latencies are others, without any fault. */
function plan(base: ReadRun, run: ReadRun): Difference[] {
  const missing = [base, run].filter(({ plan }) => plan === undefined).map(({ name }) => name)
  if (missing.length > 0) {
    const words = `There is no plan in ${missing.join(' and ')}, so nothing says that the load was the same.`
    return [{ what: 'plan', words, removesLatency: true }]
  }
  if (isDeepStrictEqual(base.plan, run.plan)) return []
  return [
    {
      what: 'plan',
      words: 'The plans differ: other requests were to be sent, or at other rates.',
      removesLatency: true,
    },
  ]
}

function limits(base: ReadRun, run: ReadRun): Difference[] {
  const promised = ({ result }: ReadRun) =>
    result.limits.map(({ name, scope, limit, windowSeconds, algorithms }) => ({
      name,
      scope,
      limit,
      windowSeconds,
      algorithms,
    }))
  if (isDeepStrictEqual(promised(base), promised(run))) return []
  return [{ what: 'limits', words: 'The specs promise different limits.', removesLatency: false }]
}

function tools(base: ReadRun, run: ReadRun): Difference[] {
  const [before = {}, after = {}] = [base, run].map(({ result }) => result.run?.tools)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const changed = names.filter((name) => before[name] !== after[name])
  if (changed.length === 0) return []
  const words = changed.map(
    (name) => `${name} ${before[name] ?? 'unknown'}, then ${after[name] ?? 'unknown'}`,
  )
  return [{ what: 'tools', words: `Tools differ: ${words.join('; ')}.`, removesLatency: false }]
}

function ends(base: ReadRun, run: ReadRun): Difference[] {
  return [base, run]
    .filter(({ result }) => result.run?.interrupted || result.run?.torn)
    .map(({ name }) => ({
      what: 'end' as const,
      words: `${name} did not come to its end: its load was another.`,
      removesLatency: true,
    }))
}
