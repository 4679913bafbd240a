import { join } from 'node:path'
import { capacityPage } from '../../../reports/capacity-page/index.ts'
import type { NamedFile } from '../../../reports/terminal/index.ts'
import { type CapacityDocument, type Condition, objectiveText } from '../../capacity/index.ts'
import {
  type Carried,
  type Lag,
  type RateSearched,
  type RefusingMeasured,
  runFiles,
} from '../../run/index.ts'
import { writeMade } from '../report/write-report.ts'
import type { CapacityRequest } from './capacity-request.ts'

/** What a search found, with what it was asked and how the run went, as `capacity.json` has it. */
export function capacityDocument(
  { question, traffic, profile, spread, target, spec }: CapacityRequest,
  id: string,
  { startedAtMs, endedAtMs, url, warnings, problem }: Carried,
  { answer, steps, firings, opinions, refusing }: RateSearched & Pick<RefusingMeasured, 'refusing'>,
  tools: Readonly<Record<string, string>>,
): CapacityDocument {
  const { objective, atLeastPerSecond, bounds } = question
  return {
    format: 'onset-capacity',
    version: 1,
    objective: objectiveText(objective),
    answer,
    ...(atLeastPerSecond !== undefined && { atLeastPerSecond }),
    bounds,
    ...judgedPart({ steps, refusing }),
    firings: firings.map(({ lagMs, ...firing }) => ({ ...firing, ...(lagMs && { lagMs: written(lagMs) }) })),
    traffic: {
      descriptors: [...new Set(traffic.descriptors.map(({ name }) => name))],
      arrivals: traffic.arrivals,
      profile,
    },
    spread: spread.needs,
    ...(opinions && { opinions }),
    run: {
      id,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(Math.max(startedAtMs, endedAtMs)).toISOString(),
      tools: { ...tools },
      target: { kind: target.kind, urls: url === undefined ? [] : [url, ...(spec.target?.replicas ?? [])] },
      history: runFiles.history,
    },
    warnings: [
      ...(problem === undefined ? [] : [{ code: 'not-carried-out', message: problem }]),
      ...warnings.map(({ code, message }) => ({ code, message })),
    ],
  }
}

/** What was judged, as a document has it. */
export function judgedPart({
  steps,
  refusing,
}: Pick<RateSearched, 'steps'> & Pick<RefusingMeasured, 'refusing'>): Pick<
  CapacityDocument,
  'steps' | 'refusing'
> {
  return {
    steps: steps.map((step) => ({ ...step, conditions: conditionsOf(step.conditions) })),
    ...(refusing && {
      refusing: {
        ...refusing,
        kept: { ...refusing.kept, conditions: conditionsOf(refusing.kept.conditions) },
      },
    }),
  }
}

function conditionsOf(conditions: readonly Condition[]): CapacityDocument['steps'][number]['conditions'] {
  return conditions.map(({ lagMs, ...condition }) => ({
    ...condition,
    ...(lagMs && { lagMs: written(lagMs) }),
  }))
}

function written([least, most]: Lag): [number, number | null] {
  return [least, most ?? null]
}

/**
 * Writes `capacity.json` into the folder of a run, and the page for people beside it.
 * @throws {Failure} where one of them cannot be written.
 */
export async function writeCapacity(
  folder: string,
  document: CapacityDocument,
  html: boolean,
): Promise<NamedFile[]> {
  const result = join(folder, 'capacity.json')
  await writeMade(result, () => `${JSON.stringify(document, undefined, 2)}\n`)
  if (!html) return [{ what: 'result', path: result }]
  const page = join(folder, 'capacity.html')
  await writeMade(page, () => capacityPage(document))
  return [
    { what: 'result', path: result },
    { what: 'page', path: page },
  ]
}
