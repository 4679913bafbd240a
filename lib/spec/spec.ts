import { z } from 'zod'
import { address } from './address-schema.ts'
import { durationMs } from './duration.ts'
import { callerSchema, limitedBySchema, requestSchema } from './http-target.ts'
import { oncallFields } from './oncall-target.ts'
import { precautions } from './precautions.ts'
import { readBack } from './read-back.ts'

/**
 * The algorithms a limit may be enforced by. The first four are "windowed": they can honestly be
 * called "N per window". The last two refill while they are used, so they let more than N through
 * in some windows and pass only where a spec names them.
 */
export const algorithms = [
  'fixed-window',
  'first-hit-window',
  'sliding-log',
  'sliding-counter',
  'token-bucket',
  'gcra',
] as const

/** The name of a limiter's algorithm. */
export type Algorithm = (typeof algorithms)[number]

/** What `algorithm: any` in a spec stands for. */
export const windowedAlgorithms: readonly Algorithm[] = algorithms.slice(0, 4)

// The messages of the schemas below are what `parseSpec` says was expected, so they read on after
// "expected"; the descriptions are what an editor shows.

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `one of ${values.join(', ')}`)
}

const anAlgorithm = `any, or one or a list of ${algorithms.join(', ')}`
const algorithm = z.enum(algorithms, `one of ${algorithms.join(', ')}`)

const aWindow = 'a duration from 100ms to 168h, such as 5m'
const longestWindowMs = 168 * 3_600_000

/** A duration in a spec: `5m`, `300s`, `10s`, `500ms`, `1h`. Parsed to milliseconds. */
const duration = z
  .string(aWindow)
  .regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|h)\s*$/, aWindow)
  .transform((text) => durationMs(text) as number)
  .pipe(z.number().min(100, aWindow).max(longestWindowMs, aWindow))

const aRefill = 'whole milliseconds from 1ms to 168h, such as 1s'

/** How often a bucket is refilled. Parsed to milliseconds. */
const refill = z
  .string(aRefill)
  .regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|h)\s*$/, aRefill)
  .transform((text) => durationMs(text) as number)
  .pipe(z.int(aRefill).min(1, aRefill).max(longestWindowMs, aRefill))

const aShare = 'a share above 0% and below 100%, such as 5%'

/** A share in a spec: `5%` or a number from 0 to 1. Parsed to a number from 0 to 1. */
const share = z
  .union(
    [
      z
        .string()
        .regex(/^\d+(\.\d+)?\s*%$/, aShare)
        .transform((text) => Number.parseFloat(text) / 100),
      z.number(),
    ],
    aShare,
  )
  .pipe(z.number().gt(0, aShare).lt(1, aShare))

const aName = 'a name of 1 to 200 characters that can be printed on one line'
const aScope = 'a word of letters, digits, - and _, such as integration'
const aLimit = 'a whole number from 1 to 10000000'

/** One limit: at most `limit` units per window for each distinct value of its scope. */
export const limitSchema = z
  .strictObject(
    {
      name: z
        .string(aName)
        .min(1, aName)
        .max(200, aName)
        // Controls, line breaks and marks that turn the direction of text would garble a report.
        .refine(
          (text) => /\S/.test(text) && !/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text),
          aName,
        )
        .meta({ description: 'What people call this limit. Each name stands once.' }),
      scope: z
        .string(aScope)
        .regex(/^[A-Za-z][\w-]{0,99}$/, aScope)
        .meta({
          description: 'What the limit counts by: integration, organization, apiKey, or any other word.',
        }),
      limit: z
        .int(aLimit)
        .min(1, aLimit)
        .max(10_000_000, aLimit)
        .meta({ description: 'Most units that are accepted in one window.' }),
      window: duration.meta({
        description: 'A number and a unit (ms, s, m, h), such as 5m. From 100ms to 168h.',
      }),
      algorithm: z
        .union(
          [z.literal('any'), algorithm, z.array(algorithm).min(1, 'at least one algorithm')],
          anAlgorithm,
        )
        .default('any')
        .transform((named): Algorithm[] =>
          named === 'any'
            ? [...windowedAlgorithms]
            : typeof named === 'string'
              ? [named]
              : [...new Set(named)],
        )
        .meta({
          description: 'How the limit may be enforced. any stands for the four windowed algorithms.',
        }),
      refillEvery: refill.optional().meta({
        description:
          'A token bucket that is refilled at intervals, such as 1s, instead of all the time. Each refill brings whole units: limit × refillEvery / window.',
      }),
      limitedRequests: oneOf(['counted', 'free', 'either'])
        .default('either')
        .meta({ description: 'Do refused requests use up this limit?' }),
      chargedWhenRefused: oneOf(['counted', 'free', 'earlier', 'either']).default('either').meta({
        description:
          'Does a request that another limit refuses use up this one? earlier: only if the refuser comes later in the list.',
      }),
      tolerance: share
        .prefault('5%')
        .meta({ description: 'How sharply the window must be known for a pass, such as 5%.' }),
      foreignTraffic: oneOf(['none', 'possible'])
        .default('none')
        .meta({ description: 'May others use up the same limit?' }),
      startsEmpty: z
        .boolean('true or false')
        .default(true)
        .meta({ description: 'Is nothing counted before the first request?' }),
      serverClock: oneOf(['exact', '1s'])
        .default('exact')
        .meta({ description: '1s: the limiter counts time in whole seconds.' }),
    },
    'a map with name, scope, limit and window',
  )
  .meta({ description: 'At most so many units per window for each distinct value of the scope.' })

const aStatus = 'a status such as 429 or a class such as 2xx'
const aStatusList = 'a status such as 429, a class such as 2xx, or a list of them'

/** A status class (`2xx`), one status, or a list of both, as the `outcomes` rule takes it. */
const statusRule = z.union(
  [z.string().regex(/^[1-5](xx|\d\d)$/, aStatus), z.int(aStatus).min(100, aStatus).max(599, aStatus)],
  aStatus,
)
const statusRules = z.union([statusRule, z.array(statusRule).min(1, 'at least one status')], aStatusList)

/** Which statuses mean accepted and which limited; everything else is unknown. */
export const outcomeRuleSchema = z
  .strictObject(
    {
      accepted: statusRules.default('2xx').meta({ description: 'Statuses of accepted requests.' }),
      limited: statusRules.default('429').meta({ description: 'Statuses of refused requests.' }),
    },
    'a map with accepted and limited',
  )
  .meta({ description: 'Which statuses mean what. Everything else is unknown.' })

/** Where requests go. */
export const targetSchema = z
  .strictObject(
    {
      kind: oneOf(['oncall', 'http'])
        .default('oncall')
        .meta({ description: 'oncall: Grafana OnCall, self-hosted or in the cloud. http: any other API.' }),
      url: z
        .union(
          [address, z.array(address).min(1, 'at least one address')],
          'an address such as https://oncall.example.org, or a list of them',
        )
        .meta({ description: 'Base address, or a list of replicas, which are used in turn.' }),
      ...oncallFields,
      dedicated: z
        .boolean('true or false')
        .default(false)
        .meta({ description: 'true: nobody else depends on this organization.' }),
      request: requestSchema.optional(),
      callers: z
        .array(callerSchema, 'a list of callers')
        .optional()
        .meta({ description: 'In whose names requests are sent. Default: one, counted by every limit.' }),
      limitedBy: limitedBySchema.optional(),
      ...precautions,
      ...readBack,
    },
    'a map with url, and for OnCall apiKey',
  )
  .superRefine(({ apiKey, setupKey, loadKeys = [] }, context) => {
    const complain = (path: PropertyKey[], expected: string) =>
      context.addIssue({
        code: 'custom',
        path,
        message: expected,
        params: { expected, found: 'the same key' },
      })
    // Two variables may hold the same key; then its requests would be missing in what apiKey has used up.
    if (apiKey !== undefined && apiKey === setupKey) complain(['setupKey'], 'another key than apiKey')
    loadKeys.forEach((one, index) => {
      const before = [apiKey, setupKey, ...loadKeys.slice(0, index).map((each) => each.apiKey)]
      if (!before.includes(one.apiKey)) return
      complain(['loadKeys', index, 'apiKey'], 'another key than apiKey, setupKey and those before')
    })
  })
  .transform(({ url, ...rest }) => {
    const [first, ...replicas] = Array.isArray(url) ? url : [url]
    const target: typeof rest & { url: string; replicas?: string[] } = { ...rest, url: first as string }
    if (replicas.length > 0) target.replicas = replicas
    return target
  })
  .meta({ description: 'Where requests go. Nothing else is ever sent to.' })

const aDrift = 'a number from 0 to 10000, in parts per million'

/** A whole spec, as parsed: defaults filled in, durations in milliseconds. */
export const specSchema = z.strictObject(
  {
    target: targetSchema.optional(),
    limits: z
      .array(limitSchema, 'a list of limits')
      .min(1, 'at least one limit')
      .meta({ description: 'The limits that should hold, in the order in which they are applied.' }),
    outcomes: outcomeRuleSchema.default({ accepted: '2xx', limited: '429' }),
    capacity: z
      .strictObject(
        {
          expectLimited: z.boolean('true or false').default(false).meta({
            description:
              'true: "onset capacity" measures what refusing costs, in the place of a search; --no-expect-limited searches all the same.',
          }),
        },
        'a map with expectLimited',
      )
      .optional()
      .meta({ description: 'What "onset capacity" is to ask; its flags go before this.' }),
    clockDriftPpm: z
      .number(aDrift)
      .min(0, aDrift)
      .max(10_000, aDrift)
      .default(200)
      .meta({ description: "How far the client's clock may drift from the server's, in ppm." }),
  },
  'a map with limits and, for a run, a target',
)

/**
 * A limit after parsing. `window` and `refillEvery` are in milliseconds, `algorithm` is the list of those
 * allowed.
 */
export type Limit = z.output<typeof limitSchema>
export type OutcomeRule = z.output<typeof outcomeRuleSchema>

/** A target after parsing. `replicas` are further addresses of it, used in turn with `url`. */
export type Target = z.output<typeof targetSchema>
export type Spec = z.output<typeof specSchema>
