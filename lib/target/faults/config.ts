import { z } from 'zod'

const oneIn = z.int().min(1).max(1_000_000)
const wait = z.int().min(1).max(600_000)

/** Which requests a disturbance meets: of those from `after` on, the first `burst` of each `every`. */
const met = {
  /** Requests to the API, alerts, or both. */
  on: z.enum(['api', 'ingest', 'all']).default('all'),
  /** So many of these requests are answered properly first. */
  after: z.int().min(0).max(10_000_000).default(0),
  /** It begins once so many requests with alerts have come, whatever became of them. */
  afterAlerts: z.int().min(0).max(10_000_000).default(0),
  every: oneIn.default(1),
  burst: oneIn.default(1),
  /** How often it happens at most. */
  times: z.int().min(1).optional(),
}

/** Is the request carried out (counted, and its alerts taken in) although its answer is another? */
const handled = z.boolean().default(false)

const disturbance = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('slow'), ms: wait, ...met }),
  z.strictObject({ how: z.literal('drip'), everyMs: wait.default(100), ...met }),
  z.strictObject({ how: z.literal('reset'), handled, ...met }),
  z.strictObject({ how: z.literal('half-open'), handled, ...met }),
  z.strictObject({
    how: z.literal('server-error'),
    status: z.int().min(500).max(599).default(503),
    handled,
    ...met,
  }),
  z.strictObject({
    how: z.literal('redirect'),
    to: z.url({ protocol: /^https?$/ }),
    status: z.union([301, 302, 303, 307, 308].map((status) => z.literal(status))).default(302),
    handled,
    ...met,
  }),
  z.strictObject({ how: z.literal('wrong-content'), handled, ...met }),
])

/** The ways in which the target is wrong; left out, it is right. */
export const faultsSchema = z
  .strictObject({
    /** Of the alerts that were accepted, every n-th is lost. */
    loseOneIn: oneIn.optional(),
    /** Of the alerts that were accepted, every n-th is taken in twice. */
    doubleOneIn: oneIn.optional(),
    /** Of the alerts that were refused, every n-th is taken in all the same. */
    takeInRefusedOneIn: oneIn.optional(),
    /** The count of an alert group may be so old. */
    staleCountsMs: wait.optional(),
    /** Every route that is made has an escalation chain, whatever it is told. */
    notifyAnyway: z.boolean().default(false),
    /** Limits decide on what they read, and write it so much later. */
    lostUpdates: z.strictObject({ pauseMs: z.int().min(1).max(10_000) }).optional(),
    /** Refusals do not say how long to wait. */
    hideRetryAfter: z.boolean().default(false),
    /** Refusals say the wait multiplied by `times` (too early below 1, too late above), or in a wrong form. */
    retryAfter: z
      .strictObject({
        form: z.enum(['milliseconds', 'epoch', 'fraction']).optional(),
        times: z.number().positive().max(1_000).default(1),
      })
      .optional(),
    /** Refusals have no body. */
    emptyRefusals: z.boolean().default(false),
    /** Refusals say that they come from a cache. */
    cachedRefusals: z.boolean().default(false),
    /** Whoever sends the API no key is taken for the first user. */
    letInWithoutKey: z.boolean().default(false),
    /** Every key shows, and changes, the integrations of all organizations. */
    showOtherOrganizations: z.boolean().default(false),
    /** Fields that speak of limits say this instead of what is so. */
    rateLimitFields: z
      .strictObject({
        remaining: z.literal('never-falls').optional(),
        limit: z.int().min(0).max(10_000_000).optional(),
        windowMs: z.int().min(1).optional(),
        reset: z.literal('epoch').optional(),
      })
      .optional(),
    /** Pages of lists do not fit together. */
    pages: z
      .strictObject({
        /** The count is the one that the list had when it was first asked for. */
        staleCount: z.boolean().default(false),
        /** The count is so many more than there are, or fewer; 0 at least. */
        countOff: z.int().default(0),
        /** Each page but the first begins with the last item of the page before, or lacks its first. */
        items: z.enum(['twice', 'missing']).optional(),
        /** The last page goes on with the first. */
        next: z.literal('loops').optional(),
        /** The next page is at another address. */
        nextTo: z.url({ protocol: /^https?$/ }).optional(),
        /** Each page is the one before itself, the first one too. */
        previous: z.literal('itself').optional(),
        /** The list of integrations begins with the newest: one that is made moves the others on by one. */
        newestFirst: z.boolean().default(false),
      })
      .optional(),
    /** What happens to requests instead of a proper answer; the first that meets a request counts. */
    disturbances: z.array(disturbance).max(20).default([]),
  })
  .prefault({})

export type Faults = z.output<typeof faultsSchema>
/** Something that happens to some requests instead of a proper answer. */
export type Disturbance = Faults['disturbances'][number]
