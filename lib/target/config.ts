import { z } from 'zod'
import { modelledAlgorithms } from '../limiters/index.ts'
import { escalationChainSchema, existingIntegrationSchema, outgoingWebhookSchema } from './existing.ts'
import { faultsSchema } from './faults/config.ts'
import { fieldDialects } from './http/rate-limit-fields.ts'
import { serviceSchema } from './service.ts'

/** The API key that the embedded target knows when it is told no other. No secret: it opens nothing else. */
export const embeddedKey = 'onset-embedded-key'

/** A second key to the same organization, where it is told no others: what is done with it leaves the first alone. */
export const embeddedSetupKey = 'onset-embedded-setup-key'

/** Where windows start: aligned to the epoch plus so many milliseconds, or plus a hash of the key. */
const phase = z.union([z.int(), z.literal('hashed')]).default(0)

const enforced = (limit: number) =>
  z.strictObject({
    algorithm: z.enum(modelledAlgorithms).default('fixed-window'),
    limit: z.int().min(0).max(10_000_000).default(limit),
    windowMs: z
      .int()
      .min(1)
      .max(7 * 24 * 3_600_000)
      .default(300_000),
    phaseMs: phase,
    limitedRequests: z.enum(['counted', 'free']).default('free'),
    chargedWhenRefused: z.enum(['counted', 'free', 'earlier']).default('free'),
    rounding: z.enum(['floor', 'none', 'ceil']).optional(),
    burst: z.int().min(1).max(10_000_000).optional(),
    refillTickMs: z.int().min(1).optional(),
  })

/** Counted: it costs 1, and is refused where that is too much. Free: no limit is asked. */
const countedOrFree = z.enum(['counted', 'free'])

/** Whose requests one count is of; the first is what the limit is called after. */
const countedBy = {
  integration: z.enum(['integration', 'organization']).default('integration'),
  organization: z.enum(['organization', 'everybody']).default('organization'),
  apiKey: z.enum(['key', 'user', 'organization', 'everybody']).default('key'),
}

const name = z.string().min(1)
const pageSize = z.int().min(1).max(1_000)

/**
 * What the embedded target is told; every field has a default, so `{}` is a whole configuration: the
 * documented limits of Grafana OnCall, one organization, one user, one key.
 */
export const targetConfigSchema = z
  .strictObject({
    limits: z
      .strictObject({
        // `null` switches a limit off.
        integration: enforced(300).extend({ countedBy: countedBy.integration }).nullable().prefault({}),
        organization: enforced(500).extend({ countedBy: countedBy.organization }).nullable().prefault({}),
        apiKey: enforced(300).extend({ countedBy: countedBy.apiKey }).nullable().prefault({}),
      })
      .prefault({}),
    organizations: z
      .array(z.strictObject({ id: name }))
      .min(1)
      .default([{ id: 'onset' }]),
    users: z
      .array(
        z.strictObject({
          id: name,
          organization: name,
          username: name.optional(),
          email: name.optional(),
          role: z.enum(['admin', 'user', 'observer']).default('admin'),
          teams: z.array(name).default([]),
        }),
      )
      .min(1)
      .default([{ id: 'UONSET', organization: 'onset', username: 'onset', role: 'admin', teams: [] }]),
    keys: z
      // With a stack, the key is a service-account token: good only beside `X-Grafana-URL` of that stack.
      .array(z.strictObject({ key: name, user: name, stackUrl: z.url().optional() }))
      .min(1)
      .default([
        { key: embeddedKey, user: 'UONSET' },
        { key: embeddedSetupKey, user: 'UONSET' },
      ]),
    escalationChains: z.array(escalationChainSchema).default([]),
    integrations: z.array(existingIntegrationSchema).default([]),
    outgoingWebhooks: z.array(outgoingWebhookSchema).default([]),
    /** What API requests are answered that come without a key, or with a wrong one. */
    unauthorizedStatus: z.literal([401, 403]).default(403),
    /** Is a key also taken after the word Bearer? */
    bearer: z.boolean().default(false),
    /** How long after its acceptance an alert appears in its alert group, or a deletion takes effect. */
    processingDelayMs: z.int().min(0).max(600_000).default(100),
    /** Does a refusal say which limit refused? */
    nameRefuser: z.boolean().default(true),
    /** What requests are answered that a limit refuses. */
    refusalStatus: z.literal([429, 403, 503]).default(429),
    /** How a refusal says how long to wait. `jitter`: longer than it need be, by up to this share of it. */
    retryAfter: z
      .strictObject({
        form: z.enum(['seconds', 'http-date']).default('seconds'),
        jitter: z.number().min(0).max(10).default(0),
      })
      .prefault({}),
    /** The fields by which answers that limits were asked for say where these stand. */
    rateLimitFields: z.enum(['none', ...fieldDialects]).default('none'),
    /** Does a payload that carries several alerts count once for each, or once? */
    payloadCost: z.enum(['alerts', 'request']).default('alerts'),
    /** Do heartbeats use up the limits of alerts? Those that do are refused like alerts. */
    heartbeats: countedOrFree.default('free'),
    /** Does a request for alerts whose body is none use up the limits, before it is answered 400? */
    malformedAlerts: countedOrFree.default('counted'),
    /** Does a request to an ingestion address with another method than POST, before it is answered 405? */
    otherMethods: countedOrFree.default('free'),
    /** How many items a page has, where `?perpage` asks for no other number; or page after page, in turn, whatever it asks. */
    pageSize: z
      .union([pageSize, z.array(pageSize).min(1).max(100)], {
        error: 'expected a whole number from 1 to 1000, or a list of up to 100 of them',
      })
      .default(50),
    maxPageSize: pageSize.default(100),
    /** What is answered for a page after the last: a 404, or a page with nothing on it. */
    pageAfterLast: z.enum(['not-found', 'empty']).default('not-found'),
    maxBodyBytes: z.int().min(1_024).max(16_777_216).default(262_144),
    /** How long alerts and API requests take, and how many at once. Default: they are answered at once. */
    service: serviceSchema.optional(),
    /** In which ways it is wrong on purpose. */
    faults: faultsSchema,
  })
  .superRefine((config, context) => {
    const known = (list: string[], value: string, path: (string | number)[], what: string) => {
      if (list.includes(value)) return
      context.addIssue({
        code: 'custom',
        path,
        message: `expected the id of ${what} (${list.join(', ')}), got ${JSON.stringify(value)}`,
      })
    }
    const unique = (list: string[], path: (index: number) => (string | number)[]) =>
      list.forEach((value, index) => {
        if (list.indexOf(value) !== index)
          context.addIssue({ code: 'custom', path: path(index), message: 'is there twice' })
      })
    if (config.faults.rateLimitFields && config.rateLimitFields === 'none')
      context.addIssue({
        code: 'custom',
        path: ['faults', 'rateLimitFields'],
        message: 'there are no such fields: choose how they are written with rateLimitFields',
      })
    const organizations = config.organizations.map(({ id }) => id)
    const users = config.users.map(({ id }) => id)
    unique(organizations, (index) => ['organizations', index, 'id'])
    unique(users, (index) => ['users', index, 'id'])
    unique(
      config.keys.map(({ key }) => key),
      (index) => ['keys', index, 'key'],
    )
    config.users.forEach(({ organization }, index) => {
      known(organizations, organization, ['users', index, 'organization'], 'an organization')
    })
    config.keys.forEach(({ user }, index) => {
      known(users, user, ['keys', index, 'user'], 'a user')
    })
    unique(
      config.integrations.map(({ id }) => id),
      (index) => ['integrations', index, 'id'],
    )
    config.escalationChains.forEach(({ organization, steps }, index) => {
      known(organizations, organization, ['escalationChains', index, 'organization'], 'an organization')
      steps.forEach(({ persons = [] }, step) => {
        for (const person of persons)
          known(users, person, ['escalationChains', index, 'steps', step, 'persons'], 'a user')
      })
    })
    config.integrations.forEach(({ organization, routes, defaultRoute }, index) => {
      known(organizations, organization, ['integrations', index, 'organization'], 'an organization')
      const chains = config.escalationChains
        .filter((chain) => chain.organization === organization)
        .map(({ id }) => id)
      for (const { escalationChain } of [...routes, defaultRoute]) {
        if (escalationChain !== null)
          known(chains, escalationChain, ['integrations', index, 'routes'], 'an escalation chain')
      }
    })
  })

/** A whole configuration, defaults filled in. */
export type TargetConfig = z.output<typeof targetConfigSchema>
/** A configuration as it is written: everything may be left out. */
export type TargetConfigInput = z.input<typeof targetConfigSchema>
/** One limit as the target enforces it. */
export type TargetLimit = NonNullable<TargetConfig['limits'][keyof TargetConfig['limits']]>

/** A configuration, or every mistake in it, each with its place. */
export type ParsedTargetConfig = { valid: true; config: TargetConfig } | { valid: false; mistakes: string[] }

/** Reads a configuration from a plain value; reports all mistakes at once. */
export function parseTargetConfig(input: unknown): ParsedTargetConfig {
  const parsed = targetConfigSchema.safeParse(input)
  if (parsed.success) return { valid: true, config: parsed.data }
  const mistakes = parsed.error.issues.map(({ path, message }) => {
    const where = path.map(String).join('.')
    return where === '' ? message : `${where}: ${message}`
  })
  return { valid: false, mistakes }
}
