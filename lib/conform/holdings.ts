import { createOncall, type FixturesMade, type Made, type OncallOptions } from '../oncall/index.ts'
import type { Warning } from '../result/index.ts'
import { clearAway, doubtWarnings, type Interruption, type Watcher } from '../run/index.ts'
import type { Spec } from '../spec/index.ts'
import type { NeededIntegration } from './experiments/experiment.ts'

/** The integrations that an inquiry has in one organization: made when they are needed, removed at its end. */
export interface Holdings {
  /** Makes integrations that notify nobody, or none of these. */
  make(needed: readonly NeededIntegration[]): Promise<FixturesMade>
  /** Removes all that were made, and what may have been; returns what had to be left, as warnings. */
  clear(): Promise<Warning[]>
  /** What about the silence of those that were made cannot be ruled out. */
  readonly doubts: readonly Warning[]
}

/** What holding integrations needs of an inquiry. */
export interface HoldingsOptions {
  /** The inquiry's id. */
  id: string
  /** Does the target outlive the inquiry? Otherwise nothing is removed. */
  lasting: boolean
  spec: Spec
  watcher: Pick<Watcher, 'onPhase'>
  interruption: Interruption
  /** Aborting gives up making. */
  signal: AbortSignal
}

/** Makes holdings in the organization of this client's key. It sends nothing before it is asked to. */
export function createHoldings(
  client: Omit<OncallOptions, 'signal'>,
  { id, lasting, spec, watcher, interruption, signal }: HoldingsOptions,
): Holdings {
  const oncall = createOncall({ ...client, signal })
  const startedAtMs = Date.now()
  const held: Made[] = []
  const doubts: Warning[] = []
  let mayExist = false
  return {
    doubts,
    async make(needed) {
      const typeOf = (name: string) =>
        needed.find(({ descriptor }) => descriptor === name)?.type ?? 'formatted_webhook'
      const made = await oncall.createFixtures(
        id,
        needed.map(({ descriptor }) => descriptor),
        typeOf,
      )
      if (made.ok) {
        held.push(...made.value)
        doubts.push(...doubtWarnings(made.value))
      } else {
        held.push(...made.left)
        mayExist ||= made.mayExist
      }
      return made
    },
    async clear() {
      if (!lasting) return []
      const whole = { ...watcher, onProgress: () => undefined }
      return await clearAway(
        client,
        held,
        { id, own: true, startedAtMs, mayExist },
        spec,
        whole,
        interruption,
      )
    },
  }
}
