import { z } from 'zod'
import { integrationTypes } from './integration-types.ts'

// What exists in the target before anybody asks it for something.

const name = z.string().min(1)

/** Where a route leads. By default nowhere: no chain, and no notifier that is switched on. */
const leadsTo = {
  /** The id of an escalation chain. */
  escalationChain: name.nullable().default(null),
  slack: z
    .strictObject({ channelId: name.nullable().default(null), enabled: z.boolean().default(false) })
    .prefault({}),
  telegram: z
    .strictObject({ id: name.nullable().default(null), enabled: z.boolean().default(false) })
    .prefault({}),
  msteams: z
    .strictObject({ id: name.nullable().default(null), enabled: z.boolean().default(false) })
    .prefault({}),
}

const isRegex = (text: string) => {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

/** An integration that is there already: its routes in the order in which they are tried, then its default one. */
export const existingIntegrationSchema = z.strictObject({
  id: name,
  organization: name,
  name,
  type: z.enum(integrationTypes).default('formatted_webhook'),
  /** The credential in its ingestion address. Default: a random one. */
  token: z
    .string()
    .regex(/^[\w-]+$/, 'expected letters, digits, - and _')
    .optional(),
  routes: z
    .array(
      z.strictObject({
        routingRegex: z.string().refine(isRegex, 'expected a regular expression'),
        ...leadsTo,
      }),
    )
    .default([]),
  defaultRoute: z.strictObject(leadsTo).prefault({}),
})

/** An escalation chain, and whom its steps notify. */
export const escalationChainSchema = z.strictObject({
  id: name,
  organization: name,
  name,
  steps: z
    .array(
      z.strictObject({
        type: name,
        /** Ids of users. */
        persons: z.array(name).optional(),
        /** The id of a schedule. */
        schedule: name.optional(),
        durationSeconds: z.int().min(1).optional(),
      }),
    )
    .default([]),
})

/** An outgoing webhook: which integrations' alert groups it fires for, `null` for all. */
export const outgoingWebhookSchema = z.strictObject({
  id: name,
  organization: name,
  name,
  enabled: z.boolean().default(true),
  trigger: name.default('alert group created'),
  integrations: z.array(name).nullable().default(null),
})

export type ExistingIntegration = z.output<typeof existingIntegrationSchema>
export type ExistingRoute = ExistingIntegration['defaultRoute']
export type EscalationChain = z.output<typeof escalationChainSchema>
