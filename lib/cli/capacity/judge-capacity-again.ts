import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { counted } from '../../../reports/terminal/index.ts'
import {
  type CapacityDocument,
  capacityDocumentSchema,
  compareOpinions,
  judgeAgain,
  judgeRefusing,
  type Objective,
  type Observation,
  parseObjective,
  refusingRisk,
  type SearchEnd,
  type StepJudgement,
} from '../../capacity/index.ts'
import { defaultOutcomeRule, type HistoryRecord, outcomeOf, readHistoryFile } from '../../history/index.ts'
import { type FiringNote, observedIn, type RunFolder, recordedFirings } from '../../run/index.ts'
import { formatMistakes } from '../../spec/index.ts'
import { isThere } from '../is-there.ts'
import { unreadable } from '../spec-file.ts'
import { judgedPart } from './capacity-document.ts'

/** A capacity from a run's folder; or all that is wrong with it. */
export type CapacityAgain =
  | { ok: true; document: CapacityDocument; remarks: string[] }
  | { ok: false; mistakes: string[] }

/** Where a run that looked for a capacity leaves what it found. */
export function capacityPath(folder: Pick<RunFolder, 'path'>): string {
  return join(folder.path, 'capacity.json')
}

/** Is a run's folder of one that looked for a capacity? */
export async function hasCapacity(folder: Pick<RunFolder, 'path'>): Promise<boolean> {
  return isThere(capacityPath(folder))
}

/**
 * Judges a capacity again from the history of its run: what was stored is believed of what no history
 * holds alone, which is when each firing began and what it was to fire, what k6 used of the processor, how
 * late alerts were, and what autocannon measured. Where the history is gone, or the run noted too little,
 * what was stored is all there is, and that is said.
 * @returns `undefined` where the folder has no capacity.
 */
export async function judgeCapacityAgain(folder: RunFolder): Promise<CapacityAgain | undefined> {
  const path = capacityPath(folder)
  const text = await textAt(path)
  if (text === undefined) return undefined
  if ('mistake' in text) return { ok: false, mistakes: [text.mistake] }
  const parsed = parseDocument(text.text)
  if (!parsed) {
    return { ok: false, mistakes: [`${path}: expected what onset capacity writes, found something else`] }
  }
  const { stored, objective } = parsed
  const firings = stored.firings.flatMap((firing) => noteOf(firing) ?? [])
  if (firings.length < stored.firings.length || !stored.bounds) {
    const remark = `${path} is of an Onset that noted too little to judge it again: what was found then is shown.`
    return { ok: true, document: stored, remarks: [remark] }
  }
  const history = await historyAt(folder.history)
  if (history === undefined) {
    const remark = `There is no ${folder.history}, so nothing was judged again: what was found then is shown.`
    return { ok: true, document: stored, remarks: [remark] }
  }
  if (!history.ok) return history
  const mistakes = firings.flatMap((note) => misfit(note, history.records.get(note.number) ?? [], path))
  if (mistakes.length > 0) return { ok: false, mistakes }
  const observations = firings.map((note) =>
    observedIn(
      note,
      stored.traffic.arrivals,
      history.records.get(note.number) ?? [],
      outcomeOf(history.outcomes),
    ),
  )
  const document = again({ ...stored, bounds: stored.bounds }, objective, observations)
  return {
    ok: true,
    document,
    remarks: [...history.remarks, ...lacking(firings, history.records), ...differences(stored, document)],
  }
}

/** Ends that no record shows: somebody or something else ended the search. */
const endsFromOutside: readonly SearchEnd[] = ['requests', 'interrupted', 'broken-off']

function again(
  stored: CapacityDocument & Required<Pick<CapacityDocument, 'bounds'>>,
  objective: Objective,
  observations: readonly Observation[],
): CapacityDocument {
  const { bounds, answer, atLeastPerSecond, refusing, opinions } = stored
  const { confidence } = answer
  const [below, above] = observations
  if (refusing && below && above) {
    const { limitPerSecond } = refusing
    const risk = refusingRisk(objective, confidence)
    const measured = judgeRefusing(below, above, objective, limitPerSecond, risk)
    return { ...stored, ...judgedPart({ steps: [], refusing: measured }) }
  }
  const otherwise = endsFromOutside.includes(answer.end) ? answer.end : 'records'
  const question = { objective, confidence, bounds, atLeastPerSecond }
  const found = judgeAgain(question, observations, otherwise)
  return {
    ...stored,
    answer: found.answer,
    ...judgedPart(found),
    opinions: opinions && opinionsOf(opinions, found.steps),
  }
}

/** What k6 measured is judged again; what autocannon did is in no history. */
function opinionsOf(
  { ratePerSecond, autocannon, tolerance }: NonNullable<CapacityDocument['opinions']>,
  steps: readonly StepJudgement[],
): CapacityDocument['opinions'] {
  const step = steps.find((each) => each.ratePerSecond === ratePerSecond)
  return step && compareOpinions(step, autocannon, tolerance)
}

function parseDocument(text: string): { stored: CapacityDocument; objective: Objective } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!capacityDocumentSchema.safeParse(value).success) return undefined
  // As it was written: fields that this version does not know are kept, and so is their order.
  const stored = value as CapacityDocument
  const parsed = parseObjective(stored.objective)
  return parsed.ok ? { stored, objective: parsed.objective } : undefined
}

/** `undefined` where the note lacks what it takes to judge the firing. */
function noteOf(firing: CapacityDocument['firings'][number]): FiringNote | undefined {
  const { stages, startMs, complete, lagMs, cpu, ...rest } = firing
  if (stages === undefined || startMs === undefined || complete === undefined) return undefined
  return {
    ...rest,
    stages,
    startMs,
    complete,
    ...(cpu && { cpu }),
    ...(lagMs && { lagMs: [lagMs[0], lagMs[1] ?? undefined] as const }),
  }
}

/** Is a record of a firing none of its schedule? Then the file and the history are of two runs. */
function misfit(
  { number, stages, ratePerSecond }: FiringNote,
  records: readonly HistoryRecord[],
  path: string,
) {
  const most = Math.round(
    stages.reduce(
      (sum, { durationMs, fromPerSecond, toPerSecond }) =>
        sum + ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1000),
      0,
    ),
  )
  const ids = new Set(records.map(({ request }) => request))
  const isIn = (request: string | undefined) => Number(/\.(\d+)$/.exec(request ?? '')?.[1]) < most
  if (ids.size === records.length && records.every(({ request }) => isIn(request))) return []
  return [
    `${path}: expected firing ${number} to be ${counted(most, 'request')} at ${ratePerSecond}/s, each once, and the history has others; both must be of one run`,
  ]
}

function lacking(firings: readonly FiringNote[], records: ReadonlyMap<number, readonly HistoryRecord[]>) {
  return firings.flatMap(({ number, requests }) => {
    const found = records.get(number)?.length ?? 0
    if (found === requests) return []
    return [
      `The history has ${counted(found, 'request')} of firing ${number}, and the run noted ${requests}: what is missing counts as not sent.`,
    ]
  })
}

/** Says where what was stored is not what the records say. */
function differences(stored: CapacityDocument, document: CapacityDocument): string[] {
  const parts = ['answer', 'steps', 'refusing', 'opinions'] as const
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown
  const other = parts.filter((part) => !isDeepStrictEqual(plain(stored[part]), plain(document[part])))
  if (other.length === 0) return []
  return [
    `What was stored is not what the history says, so it is not shown: ${other.join(', ')} ${other.length === 1 ? 'is' : 'are'} judged anew.`,
  ]
}

async function textAt(path: string): Promise<{ text: string } | { mistake: string } | undefined> {
  try {
    return { text: await readFile(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return { mistake: unreadable('the capacity', path, error) }
  }
}

/** The records of each firing, and what they mean; `undefined` where there is no history. */
async function historyAt(path: string) {
  try {
    const read = await readHistoryFile(path, undefined, { file: path })
    if (!read.ok) return { ok: false as const, mistakes: formatMistakes(read.mistakes).split('\n') }
    return {
      ok: true as const,
      records: await recordedFirings(path),
      outcomes: read.header.outcomes ?? defaultOutcomeRule,
      remarks: read.warnings.map(({ message }) => message),
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return { ok: false as const, mistakes: [unreadable('the history', path, error)] }
  }
}
