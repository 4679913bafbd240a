import { z } from 'zod'

const count = z.int().min(0)
const share = z.number().min(0).max(1)
const ms = z.number().min(0)
const rate = z.number().gt(0)
const verdict = z.enum(['met', 'missed', 'cannot tell'])
const lag = z
  .tuple([ms, ms.nullable()])
  .meta({ description: 'Least and most time in milliseconds until what was accepted was visible.' })

const conditionSchema = z
  .object({
    text: z.string().meta({ description: 'As in the objective, such as p99 < 200ms.' }),
    verdict,
    share: z
      .object({
        seen: share,
        least: share,
        most: share,
        allowed: share,
      })
      .meta({ description: 'The share of requests that breaks it: seen, its bounds, and what is allowed.' })
      .optional(),
    lagMs: lag.optional(),
  })
  .meta({ id: 'condition' })

const cpu = z.object({ shareOfCore: z.number().min(0), shareOfMachine: z.number().min(0) })

const clientSchema = z
  .object({
    lateness: z
      .object({ p50Ms: ms, p99Ms: ms, maxMs: ms })
      .meta({ description: 'How much later than due requests were sent.' }),
    leftOut: share.meta({
      description: 'The share of requests that pauses of the client may have touched: they are not judged.',
    }),
    cpu: cpu
      .meta({ description: 'What k6 used of the processor; missing where the system does not say.' })
      .optional(),
    troubles: z
      .array(z.string())
      .meta({ description: 'Why the client was the bottleneck; empty where it was not.' }),
  })
  .meta({ id: 'client' })

const latenciesSchema = z.object({ count, p50Ms: ms, p90Ms: ms, p99Ms: ms }).meta({ id: 'latencies' })

const stepSchema = z
  .object({
    ratePerSecond: rate,
    verdict,
    leaning: z.enum(['met', 'missed']).meta({ description: 'What it looks like. No claim.' }),
    conditions: z.array(conditionSchema),
    reasons: z.array(z.string()).meta({ description: 'Why it cannot be told.' }),
    firedMs: ms,
    neededMs: ms
      .meta({ description: 'How long it would have to be fired altogether, if it went on like this.' })
      .optional(),
    judged: count.meta({ description: 'Requests after the warm-up.' }),
    cut: count.meta({ description: 'Requests cut off as warm-up.' }),
    correlated: z
      .number()
      .min(1)
      .meta({ description: 'So many of the requests tell as much as one that depends on no other.' }),
    latency: z
      .object({ p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms })
      .meta({ description: 'Of accepted requests after the warm-up.' })
      .optional(),
    failed: share,
    limited: share,
    dropped: share,
    client: clientSchema,
  })
  .meta({ id: 'step', description: 'All firings at one rate together.' })

const opinionSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('given'),
    ratePerSecond: rate,
    sentPerSecond: z.number().min(0),
    count,
    limited: count,
    errors: count,
    p50Ms: ms,
    p90Ms: ms,
    p99Ms: ms,
    maxMs: ms,
  }),
  z.object({ kind: z.literal('none'), why: z.string() }),
])

/** What `capacity.json` holds. Unknown fields are allowed: they may be added. */
export const capacityDocumentSchema = z.object({
  format: z.literal('onset-capacity'),
  version: z.literal(1),
  objective: z.string().meta({ description: 'Such as p99 < 200ms, errors < 0.1%, lag < 30s.' }),
  answer: z
    .object({
      metPerSecond: rate.meta({ description: 'The highest rate at which it is surely met.' }).optional(),
      missedPerSecond: rate.meta({ description: 'The lowest rate at which it is surely missed.' }).optional(),
      nearPerSecond: rate
        .meta({ description: 'Where what was seen crosses what is allowed. No claim.' })
        .optional(),
      confidence: share.meta({ description: 'How sure both ends together are.' }),
      end: z.enum([
        'found',
        'firings',
        'time',
        'requests',
        'limited',
        'most-rate',
        'least-rate',
        'client',
        'unsettled',
        'interrupted',
        'broken-off',
        'records',
      ]),
      reasons: z.array(z.string()),
    })
    .meta({ description: 'Up to which rate the objective holds. A missing end is not known.' }),
  atLeastPerSecond: rate.meta({ description: 'The one rate that was asked about.' }).optional(),
  bounds: z
    .object({
      startPerSecond: rate,
      mostPerSecond: rate,
      leastPerSecond: rate,
      resolution: z.number().gt(0),
      mostFirings: count,
      budgetMs: ms,
      longestStepMs: ms,
      shortestMs: ms,
    })
    .meta({ description: 'Within which it was looked for; with the history it can be judged again.' })
    .optional(),
  steps: z.array(stepSchema),
  firings: z
    .array(
      z.object({
        number: count,
        ratePerSecond: rate,
        durationMs: ms,
        seed: z.int(),
        stages: z
          .array(
            z.object({ durationMs: ms, fromPerSecond: z.number().min(0), toPerSecond: z.number().min(0) }),
          )
          .meta({ description: 'Its rate, one stage after another.' })
          .optional(),
        startMs: ms
          .meta({ description: 'When the first stage started, counted from startedAtMs.' })
          .optional(),
        complete: z.boolean().meta({ description: 'Was it fired to its end?' }).optional(),
        cpu: cpu.optional(),
        lagMs: lag.optional(),
        startedAtMs: ms,
        endedAtMs: ms,
        requests: count,
      }),
    )
    .meta({
      description: 'In their order; the ids of their requests in the history begin with the number and -.',
    }),
  refusing: z
    .object({
      limitPerSecond: rate.meta({ description: 'What the limit lets through in the long run.' }),
      below: latenciesSchema.meta({ description: 'Accepted at half the limit.' }).optional(),
      accepted: latenciesSchema.meta({ description: 'Accepted at ten times the limit.' }).optional(),
      limited: latenciesSchema.meta({ description: 'Refused at ten times the limit.' }).optional(),
      share: share.meta({ description: 'What was refused at ten times the limit.' }),
      kept: z
        .object({ verdict, conditions: z.array(conditionSchema), reasons: z.array(z.string()) })
        .meta({ description: 'Does what is accepted at ten times the limit keep to the objective?' }),
      client: clientSchema,
    })
    .meta({ description: 'What refusing costs; then there are no steps.' })
    .optional(),
  traffic: z.object({
    descriptors: z.array(z.string()),
    arrivals: z.enum(['poisson', 'even']),
    profile: z.string(),
  }),
  spread: z
    .array(z.object({ limit: z.string(), scope: z.string(), needed: count, has: count }))
    .meta({ description: 'Over how many values of its scope each limit has the highest rate spread.' }),
  opinions: z
    .object({
      ratePerSecond: rate,
      k6: z.object({ count, p50Ms: ms, p90Ms: ms, p99Ms: ms }),
      autocannon: opinionSchema,
      tolerance: z.number().min(0),
      agree: z.boolean().optional(),
      words: z.string(),
    })
    .meta({ description: 'Two clients at the same rate.' })
    .optional(),
  run: z.object({
    id: z.string(),
    startedAt: z.string(),
    endedAt: z.string(),
    tools: z.record(z.string(), z.string()),
    target: z.object({ kind: z.enum(['embedded', 'oncall', 'http']), urls: z.array(z.string()) }),
    history: z.string(),
  }),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
})

/** What `onset capacity` found, as `capacity.json` has it. */
export type CapacityDocument = z.output<typeof capacityDocumentSchema>

/** JSON Schema (draft 7) of `capacity.json`, version 1. */
export function capacityJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(capacityDocumentSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>
}
