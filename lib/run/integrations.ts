import type { Fixture, Oncall, OncallProblem } from '../oncall/index.ts'
import { keyPatienceMs, type UnderWay } from './fire-plan.ts'
import { wakesNobody } from './wakes.ts'

/** Integrations that a run may fire at; or what is in the way, and what may have been left. */
export type Ready =
  | { ok: true; fixtures: Fixture[] }
  | {
      ok: false
      problem: OncallProblem
      left: { descriptor: string; integrationId: string }[]
      mayExist: boolean
    }

/** Where the integrations of a run come from. */
export interface Integrations {
  /** Are they made for the run, and removed after it? */
  readonly own: boolean
  /** Was it permitted that they notify somebody? */
  readonly loud: boolean
  /** Looks at what can be looked at before anything is made: is there anything in the way? */
  inspect(): Promise<OncallProblem | undefined>
  /** Makes them, or reads them once more, so that nothing has changed since. */
  prepare(): Promise<Ready>
}

/**
 * The integrations of a run in one organization: those that its spec names, or else some of its own.
 * @param descriptors whose alerts they take.
 */
export function integrationsFor(oncall: Oncall, run: UnderWay, descriptors: string[]): Integrations {
  const named = run.assignment.spec.target?.integrations
  return named ? namedOnes(oncall, run, descriptors, named) : ownOnes(oncall, run, descriptors)
}

/** Of each integration: create it, change its route, read that back. */
const requestsForEach = 3

function ownOnes(
  oncall: Oncall,
  { assignment, watcher, interruption }: UnderWay,
  descriptors: string[],
): Integrations {
  return {
    own: true,
    loud: false,
    inspect: async () => undefined,
    async prepare() {
      watcher.onPhase({ phase: 'making-fixtures', runId: assignment.id, descriptors })
      const patience = {
        waitMs: keyPatienceMs(assignment.spec, requestsForEach * descriptors.length),
        onWait: (waitMs: number) => watcher.onPhase({ phase: 'sparing-key', waitMs }),
        signal: interruption.stop,
      }
      const { id, sparesKeys } = assignment
      const made = await oncall.createFixtures(id, descriptors, undefined, sparesKeys ? patience : undefined)
      return made.ok ? { ok: true, fixtures: made.value } : made
    },
  }
}

function namedOnes(
  oncall: Oncall,
  { assignment }: UnderWay,
  descriptors: string[],
  named: readonly string[],
): Integrations {
  const ids = named.slice(0, descriptors.length)
  const permitted = new Set<string>()
  async function read(): Promise<Ready> {
    const nothing = { left: [], mayExist: false }
    const read = await oncall.readNamed(ids)
    if (!read.ok) return { ok: false, problem: read.problem, ...nothing }
    const problem = await wakesNobody(read.value, permitted, assignment.permit)
    if (problem) return { ok: false, problem, ...nothing }
    const fixtures = read.value.map((integration, index) => ({
      ...integration,
      descriptor: descriptors[index] as string,
      doubts: [...integration.doubts, ...integration.wakes],
    }))
    return { ok: true, fixtures }
  }
  return {
    own: false,
    get loud() {
      return permitted.size > 0
    },
    async inspect() {
      const first = await read()
      return first.ok ? undefined : first.problem
    },
    prepare: read,
  }
}
