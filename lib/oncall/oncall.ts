import { createCall, type OncallOptions } from './api.ts'
import {
  createFixtures,
  type FixturesMade,
  type FixtureType,
  type Leftover,
  type Made,
  removeFixtures,
} from './fixtures.ts'
import { readIntegrationIds } from './integration-ids.ts'
import { type NamedIntegration, readNamedIntegrations } from './named-integrations.ts'
import { readWebhooksOf } from './outgoing-webhooks.ts'
import { type Patience, patient } from './patience.ts'
import { askWho, type Who } from './preflight.ts'
import type { Result } from './problem.ts'
import { findRemains, type Remains } from './remains.ts'
import { resolveGroups, type Settling, type ToResolve, type Unresolved } from './resolve-groups.ts'

/** Grafana OnCall's API, as far as a run needs it. Every request is reported to `onRequest`. */
export interface Oncall {
  /** Who the key belongs to. One request. */
  preflight(): Promise<Result<Who>>
  /** The ids of all integrations that the key sees. One request a page. */
  readIntegrationIds(): Promise<Result<Set<string>>>
  /** Integrations that are there already, and whom they would notify; nothing is changed. */
  readNamed(integrationIds: readonly string[]): Promise<Result<NamedIntegration[]>>
  /** Names of outgoing webhooks that fire for alert groups of these integrations, or of all. */
  readWebhooks(integrationIds: readonly string[]): Promise<Result<string[]>>
  /**
   * Integrations that notify nobody, one for each descriptor: one to three requests each. Where one
   * fails, all are removed again; what could not be is in `left`. Without patience it fails where the key has
   * reached its limit.
   */
  createFixtures(
    runId: string,
    descriptors: readonly string[],
    typeOf?: (descriptor: string) => FixtureType,
    patience?: Patience,
  ): Promise<FixturesMade>
  /** Removes them, waiting for the key's limit where it must; returns what is left. */
  removeFixtures(fixtures: readonly Made[], patience: Patience): Promise<Leftover[]>
  /** Resolves the alert groups of a run that began then, waiting where it must; returns what is left open. */
  resolveGroups(
    integrations: readonly ToResolve[],
    startedAtMs: number,
    patience: Patience,
    settling?: Settling,
  ): Promise<Unresolved[]>
  /** The integrations that runs have made and left, waiting where it must. One request a page. */
  findRemains(patience: Patience): Promise<Result<Remains[]>>
}

/** Makes the client. It sends nothing before it is asked something. */
export function createOncall(options: OncallOptions): Oncall {
  const call = createCall(options)
  return {
    preflight: () => askWho(call),
    readIntegrationIds: () => readIntegrationIds(call),
    readNamed: (ids) => readNamedIntegrations(call, ids, options.url, options.ingestUrl),
    readWebhooks: (ids) => readWebhooksOf(call, ids),
    createFixtures: (runId, descriptors, typeOf, patience) =>
      createFixtures(
        patience ? patient(call, patience) : call,
        runId,
        descriptors,
        options.url,
        options.ingestUrl,
        typeOf,
      ),
    removeFixtures: (fixtures, patience) => removeFixtures(call, fixtures, patience),
    resolveGroups: (integrations, startedAtMs, patience, settling) =>
      resolveGroups(patient(call, patience), integrations, startedAtMs, Date.now(), settling),
    findRemains: (patience) => findRemains(patient(call, patience)),
  }
}
