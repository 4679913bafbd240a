import { createCall, type OncallOptions } from './api.ts'
import {
  createFixtures,
  type Fixture,
  type Leftover,
  type Made,
  type Patience,
  removeFixtures,
} from './fixtures.ts'
import { askWho, type Who } from './preflight.ts'
import type { OncallProblem, Result } from './problem.ts'

/** Grafana OnCall's API, as far as a run needs it. Every request is reported to `onRequest`. */
export interface Oncall {
  /** Who the key belongs to. One request. */
  preflight(): Promise<Result<Who>>
  /**
   * Integrations that notify nobody, one for each descriptor: one to three requests each. Where one
   * fails, all are removed again; what could not be is in `left`.
   */
  createFixtures(
    runId: string,
    descriptors: readonly string[],
  ): Promise<{ ok: true; value: Fixture[] } | { ok: false; problem: OncallProblem; left: Leftover[] }>
  /** Removes them, waiting for the key's limit where it must; returns what is left. */
  removeFixtures(fixtures: readonly Made[], patience: Patience): Promise<Leftover[]>
}

/** Makes the client. It sends nothing before it is asked something. */
export function createOncall(options: OncallOptions): Oncall {
  const call = createCall(options)
  return {
    preflight: () => askWho(call),
    createFixtures: (runId, descriptors) =>
      createFixtures(call, runId, descriptors, options.url, options.ingestUrl),
    removeFixtures: (fixtures, patience) => removeFixtures(call, fixtures, patience),
  }
}
