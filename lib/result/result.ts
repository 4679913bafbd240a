import { z } from 'zod'
import { answerSchema, unaskedSchema } from './answer.ts'
import { explainedLineSchema } from './explained-line.ts'
import { deliverySchema, findingSchema } from './finding.ts'
import { certificateSchema, limitResultSchema } from './limit-result.ts'
import { measuredLimitSchema } from './measured-limit.ts'
import { verdicts } from './verdict.ts'

const count = z.int().min(0)

/** Which run this is and what carried it out: everything that is needed to do it again. */
export const runSchema = z
  .object({
    id: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    durationMs: z.number().min(0),
    firingMs: z.number().min(0).meta({ description: 'From the first request to the last answer.' }),
    seed: z.int(),
    tools: z
      .record(z.string(), z.string())
      .meta({ description: 'Version of each tool by its name: onset, k6, node.' }),
    target: z
      .object({ kind: z.string(), urls: z.array(z.string()) })
      .meta({ description: 'Where requests went; addresses that carry a token are not in it.' }),
    history: z.string().meta({ description: 'File name of the history, beside this file.' }),
    torn: z.boolean(),
    interrupted: z.boolean(),
  })
  .partial()
  .meta({ id: 'run' })

/** What the verdicts rest on. A broken one removes only the verdicts that depend on it. */
export const assumptionSchema = z
  .object({
    name: z.string(),
    held: z.boolean(),
    why: z.string().optional(),
    removes: z
      .array(z.string())
      .meta({ description: 'Names of the limits whose verdict could not be kept because of it.' })
      .optional(),
  })
  .meta({ id: 'assumption' })

/** How much was really tested. */
export const coverageSchema = z
  .object({
    records: count,
    accepted: count,
    limited: count,
    unknown: count,
    dropped: count,
    skipped: count,
    decided: count.meta({ description: 'Requests that bore on at least one limit.' }),
  })
  .partial()
  .meta({ id: 'coverage' })

/** Latency of the answered requests of one descriptor and outcome, in milliseconds. */
export const latencyRowSchema = z
  .object({
    descriptor: z.string(),
    outcome: z.enum(['accepted', 'limited', 'unknown']),
    count: count,
    p50: z.number(),
    p90: z.number(),
    p99: z.number(),
    p999: z.number(),
    max: z.number(),
  })
  .meta({ id: 'latencyRow' })

/** Something a person should know that is no verdict. */
export const warningSchema = z.object({ code: z.string(), message: z.string() }).meta({ id: 'warning' })

/** What a response's headers say about limits, held against the rules for them. */
export const headersSchema = z
  .object({
    dialect: z.string(),
    findings: z.array(
      z.object({
        rule: z.string(),
        level: z.enum(['must', 'should', 'observation', 'measurement']).meta({
          description: 'must and should: of the document that is named. measurement: whether it is true.',
        }),
        state: z.enum(['holds', 'broken', 'not-testable']),
        message: z.string(),
        records: z.array(z.int().min(2)).optional(),
      }),
    ),
  })
  .meta({ id: 'headers' })

/** What the target itself counted, held against what the client saw accepted. */
export const reconciliationSchema = z
  .object({
    descriptor: z.string(),
    accepted: z.tuple([count, count]).meta({ description: 'Least and most that can have been accepted.' }),
    counted: count.nullable().meta({ description: 'What the target counted; null where it did not say.' }),
    agrees: z.boolean().nullable(),
    why: z.string().optional(),
  })
  .meta({ id: 'reconciliation' })

/** Refusals that look alike: what they look like, and which they are. */
export const attributionSchema = z
  .object({
    looks: z
      .string()
      .meta({ description: 'In words, without numbers and names; missing where the history does not say.' })
      .optional(),
    limitedBy: z.string().meta({ description: 'The scope that they blame.' }).optional(),
    descriptors: z.array(z.string()).meta({ description: 'Whose requests were refused like that.' }),
    count: count,
    lines: z
      .array(z.int().min(2))
      .meta({ description: 'Line numbers of the history, counted from 1; of many the first.' }),
    unexpected: z.boolean().meta({
      description: 'One kind more than the limits that these requests met account for.',
    }),
  })
  .meta({ id: 'attribution', description: 'Refusals of one kind; something else may stand behind another.' })

/**
 * `result.json`, version 1. It is extended and never changed: readers ignore fields they do not
 * know, and every field that was added after the first version is optional.
 */
export const resultSchema = z
  .object({
    format: z.literal('onset-result'),
    version: z.literal(1),
    verdict: z.enum(verdicts),
    limits: z.array(limitResultSchema),
    certificates: z
      .array(certificateSchema)
      .meta({ description: 'Failures that only several limits together show.' })
      .optional(),
    assumptions: z.array(assumptionSchema).optional(),
    latency: z.array(latencyRowSchema).optional(),
    unanswered: z
      .array(z.object({ descriptor: z.string(), count }))
      .meta({ description: 'Requests without a response, which are in no latency row.' })
      .optional(),
    run: runSchema.optional(),
    coverage: coverageSchema.optional(),
    headers: headersSchema.optional(),
    reconciliation: z.array(reconciliationSchema).optional(),
    findings: z
      .array(findingSchema)
      .meta({
        description: 'What the run found in the target itself; empty where it looked and all was well.',
      })
      .optional(),
    delivery: z.array(deliverySchema).optional(),
    measured: z
      .array(measuredLimitSchema)
      .meta({ description: 'The limits that are there, where they are not those of the spec.' })
      .optional(),
    answers: z
      .array(answerSchema)
      .meta({ description: 'What the platform was asked beside its limits, and what it showed.' })
      .optional(),
    unasked: z
      .array(unaskedSchema)
      .meta({ description: 'Questions that could not be asked, and why.' })
      .optional(),
    warnings: z.array(warningSchema).optional(),
    attribution: z
      .array(attributionSchema)
      .meta({ description: 'The kinds of refusals, the most frequent first. They change no verdict.' })
      .optional(),
    explained: z
      .array(explainedLineSchema)
      .meta({ description: 'The stories of the lines of the history that were asked for.' })
      .optional(),
  })
  .meta({ title: 'Onset result', description: 'What a run showed: verdicts, certificates and latencies.' })

export type Result = z.output<typeof resultSchema>
export type Run = z.output<typeof runSchema>
export type Assumption = z.output<typeof assumptionSchema>
export type Coverage = z.output<typeof coverageSchema>
export type LatencyRow = z.output<typeof latencyRowSchema>
export type Warning = z.output<typeof warningSchema>
export type HeaderFindings = z.output<typeof headersSchema>
export type Attribution = z.output<typeof attributionSchema>
export type Reconciliation = z.output<typeof reconciliationSchema>
