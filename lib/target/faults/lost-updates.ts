import type { EnforcedLimit, LimiterModel } from '../../limiters/index.ts'
import type { Behaviour } from '../behaviour.ts'

/** What is there to be read, and what has been worked out and is not written yet, in the order of its writing. */
interface Stored {
  readonly written: unknown
  readonly pending: readonly { dueUs: number; state: unknown }[]
}

/** A limiter whose new state is written only `pauseUs` after the read that it was worked out from. */
function writesLater(model: LimiterModel, pauseUs: number): LimiterModel<Stored> {
  const readAt = ({ written, pending }: Stored, atUs: number) =>
    pending.findLast(({ dueUs }) => dueUs <= atUs)?.state ?? written

  return {
    algorithm: model.algorithm,
    init: () => ({ written: model.init(), pending: [] }),
    admits: (stored, atUs, cost) => model.admits(readAt(stored, atUs), atUs, cost),
    charge(stored, atUs, cost) {
      const written = readAt(stored, atUs)
      const pending = stored.pending.filter(({ dueUs }) => dueUs > atUs)
      return {
        written,
        pending: [...pending, { dueUs: atUs + pauseUs, state: model.charge(written, atUs, cost) }],
      }
    },
    admitsFromUs: (stored, atUs, cost) => model.admitsFromUs(readAt(stored, atUs), atUs, cost),
  }
}

/**
 * A limit that reads its count, decides, and writes the new count a pause later, without a lock: of
 * requests that are in flight together each is decided on the same count, and the last write wins.
 */
export function losingUpdates(limit: EnforcedLimit, pauseMs: number): EnforcedLimit {
  return {
    ...limit,
    model: (scopeValue) => writesLater(limit.model(scopeValue), pauseMs * 1_000) as LimiterModel,
  }
}

/** Answers only when what was decided has been written, so that requests one after another lose nothing. */
export function answeringWhenWritten(behaviour: Behaviour, pauseMs: number): Behaviour {
  return {
    ...behaviour,
    async decide(request) {
      const decision = await behaviour.decide(request)
      // A timer counts whole milliseconds from a reading of the clock that may be a little old.
      await new Promise((written) => setTimeout(written, pauseMs + 1))
      return decision
    },
    standings: (request) => behaviour.standings({ ...request, atUs: request.atUs + pauseMs * 1_000 }),
  }
}
