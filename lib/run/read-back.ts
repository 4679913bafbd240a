import { setTimeout } from 'node:timers/promises'
import {
  type AlertBook,
  type Made,
  type OncallOptions,
  type ReadBack,
  type Reconciled,
  type ReconcileMode,
  readBackAlerts,
  reconciled,
} from '../oncall/index.ts'
import { type Course, keyPatienceMs, type UnderWay } from './fire-plan.ts'

/** What is done about alerts that the target lost, doubled or took in all the same. */
export interface ReadingBack {
  mode: ReconcileMode
  /** How long after it was sent the last accepted alert must be visible. */
  deliveredWithinMs: number
}

/**
 * Reads back what became of the alerts of a firing, and holds it against what was answered. Being
 * interrupted ends it: what is known until then is told.
 * @param own were the integrations made for the run?
 * @returns `undefined` where nobody wants to know, or nothing was fired.
 */
export async function readBack(
  client: Omit<OncallOptions, 'signal'>,
  fixtures: readonly Made[],
  own: boolean,
  book: AlertBook,
  { outcome }: Course,
  { assignment, watcher }: UnderWay,
  signal: AbortSignal,
): Promise<Reconciled | undefined> {
  const { reading, id, spec } = assignment
  if (!reading || outcome?.startedAtMs === undefined) return undefined
  const { mode, deliveredWithinMs } = reading
  const integrations = fixtures
    .map(({ descriptor, integrationId }) => ({ descriptor, integrationId, own, sent: book.of(descriptor) }))
    .filter(({ sent }) => sent.accepted.size + sent.limited.size + sent.unknown.size > 0)
  if (integrations.length === 0) return undefined
  const unread = (problem: string) =>
    integrations.map(
      ({ descriptor, sent }): ReadBack => ({ descriptor, sent, own, complete: false, problem }),
    )
  const say = (readBack: readonly ReadBack[]) => reconciled(readBack, mode, deliveredWithinMs)
  // Alerts whose records are missing would look as if nobody had sent them.
  if (outcome.lostLines > 0) return say(unread('The history lacks requests, so they cannot be told apart.'))
  if (signal.aborted) return say(unread('The run was stopped before.'))

  watcher.onPhase({ phase: 'reading-back', count: integrations.length })
  const found = say(
    await readBackAlerts({ ...client, signal }, id, integrations, pollClock(signal), {
      deliveredWithinMs,
      patienceMs: keyPatienceMs(spec),
      onWait: (waitMs) => watcher.onPhase({ phase: 'waiting-to-read-back', waitMs }),
    }),
  )
  const open = found.findings.filter(({ kind }) => kind === 'unreconciled').length
  watcher.onPhase({ phase: 'read-back', found: found.findings.length - open, open })
  return found
}

function pollClock(signal: AbortSignal) {
  return {
    nowMs: Date.now,
    async pause(ms: number): Promise<boolean> {
      try {
        await setTimeout(ms, undefined, { signal })
        return true
      } catch (error) {
        if (signal.aborted) return false
        throw error
      }
    },
  }
}
