import {
  makePlan,
  type Plan,
  type PlanOptions,
  rationedWindows,
  rationsOf,
  underCeiling,
  underRations,
} from '../../plan/index.ts'
import { callersOf, type Spec } from '../../spec/index.ts'

/** Is a scope to be verified? All are, where nothing is said. */
export function asked(only: readonly string[] | undefined): (scope: string) => boolean {
  return (scope) => only === undefined || only.includes(scope)
}

/**
 * The plan of a run with everything that it is to spare others: what rations leave, under the ceilings
 * of the spec; or all that is in the way of one, a line each.
 * @param path the spec, as mistakes name it.
 */
export function planSparingly(
  spec: Spec,
  options: PlanOptions,
  path: string | undefined,
): { ok: true; plan: Plan; remarks: string[] } | { ok: false; why: string[] } {
  const isAsked = asked(options.only)
  const rations = rationsOf(spec, isAsked)
  const windows = options.windows ?? (rations.length > 0 && !options.quick ? rationedWindows : undefined)
  const { integrations, ceiling } = spec.target ?? {}
  // What is rationed, capped or counted out is shared by all that is fired at once.
  const isFree = rations.length === 0 && integrations === undefined && ceiling === undefined
  const made = makePlan(askedOfApi(spec, isAsked), { oneAfterAnother: isFree, ...options, windows })
  const rationed = made.ok ? underRations(made.plan, rations, spec) : made
  if (!made.ok || !rationed.ok) {
    const problems = made.ok ? (rationed.ok ? [] : rationed.problems) : made.problems
    return { ok: false, why: problems.map(({ limit, why }) => `${path}: limit "${limit}": ${why}`) }
  }
  const capped = underCeiling(rationed.plan, spec.target?.ceiling ?? {})
  if (!capped.ok) return { ok: false, why: capped.why.map((line) => `${path}: target.${line}`) }
  return { ok: true, plan: capped.plan, remarks: made.remarks ?? [] }
}

/** Of an API that OnCall is not, nothing is known but its limits: those that are not asked for are not planned for. */
function askedOfApi(spec: Spec, isAsked: (scope: string) => boolean): Spec {
  const { target, limits } = spec
  if (target?.kind !== 'http') return spec
  return {
    ...spec,
    target: { ...target, callers: [...callersOf(spec)] },
    limits: limits.filter(({ scope }) => isAsked(scope)),
  }
}
