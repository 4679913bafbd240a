import { z } from 'zod'
import { algorithms } from '../spec/index.ts'
import { replayNotes } from './notes.ts'
import type { Tuning } from './tuning.ts'

const count = z.int().min(0)
const units = z.int().min(0).meta({ description: 'Units of cost.' })
const ms = z.number().min(0)
const position = z.int().min(0).meta({ description: 'The position of a candidate in the list.' })

const limitSchema = z
  .object({
    name: z.string(),
    scope: z.string(),
    limit: z.number().min(0),
    windowMs: z.number().gt(0),
    algorithm: z.enum(algorithms),
    refillEveryMs: z
      .number()
      .gt(0)
      .meta({ description: 'Of a token bucket that is refilled at intervals.' })
      .optional(),
    limitedRequests: z.enum(['counted', 'free']),
    chargedWhenRefused: z.enum(['counted', 'free', 'earlier']),
    serverClock: z.enum(['exact', '1s']).meta({ description: 'Missing: exact.' }).optional(),
  })
  .meta({ id: 'limit' })

const stretchSchema = z
  .object({
    scope: z.string().meta({ description: 'Missing for all requests together.' }).optional(),
    spanMs: z.number().gt(0),
  })
  .meta({ id: 'stretch' })

const candidateSchema = z
  .object({
    name: z.string(),
    limits: z.array(limitSchema).meta({ description: 'In the order in which they are applied.' }),
    varied: z.int().min(0).meta({ description: 'The position in limits of the one that is tried.' }),
    accepted: count,
    refused: count,
    newlyRefused: count.meta({ description: "Refused, where today's limits let it through." }),
    newlyAccepted: count.meta({ description: "Let through, where today's limits refuse it." }),
    refusedOfAccepted: count.meta({ description: 'Of the requests that were accepted when recorded.' }),
    acceptedOfLimited: count.meta({ description: 'Of the requests that were refused when recorded.' }),
    descriptors: z.array(
      z.object({
        name: z.string(),
        accepted: count,
        refused: count,
        newlyRefused: count,
        newlyAccepted: count,
        longestRefusalMs: ms,
      }),
    ),
    longestRefusalMs: ms.meta({
      description: 'From a refused request to the next that was let through, or to the last refused.',
    }),
    worstSecond: units.meta({ description: 'The most for one value of the scope within any second.' }),
    worstWindow: units.meta({ description: 'The same within any stretch as long as the window tried.' }),
    days: z
      .array(z.object({ refused: count, quietRefused: count, worst: z.array(units) }))
      .meta({ description: 'worst: within the yardstick, then the ceilings, in their order.' }),
    refusedOverTime: z.array(count).meta({ description: 'In each slice of the calendar.' }),
  })
  .meta({ id: 'candidate' })

const weighedFields = {
  asked: count,
  refused: count,
  quietAsked: count,
  quietRefused: count,
  worst: units.meta({ description: 'The most that was let through within the yardstick.' }),
  worstOfCeilings: z.array(units),
}
const weighedSchema = z.object(weighedFields).meta({ id: 'weighed' })

const shortfallSchema = z.discriminatedUnion('of', [
  z.object({ of: z.literal('quiet-refused'), found: z.number(), most: z.number() }),
  z.object({ of: z.literal('ceiling'), ceiling: z.int().min(0), found: units, most: units }),
])

const options = z
  .array(z.object({ ...weighedFields, shortfalls: z.array(shortfallSchema), onFrontier: z.boolean() }))
  .meta({ description: 'One for each candidate, in their order.' })

const sensitivitySchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('told'),
      seed: count,
      draws: count,
      days: count,
      choices: z
        .array(z.object({ candidate: position.optional(), share: z.number().min(0).max(1) }))
        .meta({ description: 'Without a candidate: none met the objective.' }),
    }),
    z.object({ kind: z.literal('cannot-tell'), days: count, daysNeeded: count }),
  ])
  .meta({ id: 'sensitivity', description: 'How the choice hangs on which days were recorded.' })

const recommendationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chosen'),
    options,
    chosen: position,
    rule: z.enum(['protects-most', 'refuses-least']),
    tighter: position.optional(),
    wider: position.optional(),
    sensitivity: sensitivitySchema,
  }),
  z.object({ kind: z.literal('none'), options, nearest: position, sensitivity: sensitivitySchema }),
  z.object({ kind: z.literal('cannot-tell'), options }),
])

const documentSchema = z.object({
  format: z.literal('onset-tuning'),
  version: z.literal(1),
  candidates: z.array(candidateSchema).meta({ description: "Today's limits first." }),
  notes: z.array(z.string()),
  yardstick: stretchSchema.meta({ description: 'By which candidates are held against each other.' }),
  calendar: z.object({
    firstDayMs: ms.meta({ description: 'Midnight (UTC) of the first day, in Unix milliseconds.' }),
    days: count,
    startMs: ms,
    sliceMs: ms,
    slices: count,
    asked: z.array(count).meta({ description: 'Requests in each slice.' }),
  }),
  asked: z.array(z.object({ asked: count, quiet: count })).meta({ description: 'Requests of each day.' }),
  quiet: z
    .object({ most: units, spanMs: z.number().gt(0), descriptors: count, requests: count })
    .meta({ description: 'A descriptor is quiet that never asked for more than `most` within any spanMs.' }),
  objective: z
    .object({
      quietRefused: z.number().min(0).max(1).optional(),
      ceilings: z.array(stretchSchema.extend({ most: units })),
    })
    .optional(),
  recommendation: recommendationSchema.optional(),
  settings: z
    .array(
      z.object({
        platform: z.string(),
        file: z.string(),
        text: z.string(),
        amountsTo: z
          .array(limitSchema)
          .meta({ description: 'Missing where it is not documented.' })
          .optional(),
        remarks: z.array(z.string()),
        outcome: weighedSchema.meta({ description: 'What that would have done.' }).optional(),
      }),
    )
    .meta({ description: 'What is recommended, in the words of platforms.' }),
})

/** What came of a replay, as `--json` has it. */
export type TuningDocument = z.infer<typeof documentSchema>

/** A tuning as a document: its rows, but not where periods begin in the columns of a demand. */
export function tuningDocument({ replayed, calendar, ...others }: Tuning): TuningDocument {
  const { periods: _, ...times } = calendar
  const candidates = replayed.map(({ candidate, ...counts }) => {
    const { name, limits, varied } = candidate
    return { name, limits: [...limits], varied, ...counts }
  })
  const objective = others.objective && { ...others.objective, ceilings: [...others.objective.ceilings] }
  const notes = replayNotes(replayed)
  return { format: 'onset-tuning', version: 1, candidates, notes, calendar: times, ...others, objective }
}

/** JSON Schema (draft 7) of such a document, version 1. */
export function tuningJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>
}
