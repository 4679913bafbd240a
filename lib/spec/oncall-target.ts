import { z } from 'zod'
import { address } from './address-schema.ts'

// What a target of kind oncall has beside its address. The messages read on after "expected".

const aKey = `an environment variable that holds a key, written \${ONCALL_API_KEY}`
const anId = 'the id of an integration, such as CFRPV98RPR1U8'
const ids = 'a list of ids of integrations, such as [CFRPV98RPR1U8]'

/** The scope value that stands for the organization of a target's own key. */
export const ownOrganization = 'organization'

const aLabel = `a word of letters, digits, ., - and _ that is not "${ownOrganization}", such as acme`

const keyText = z
  .string(aKey)
  .min(1, aKey)
  // A header field cannot carry anything else.
  .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, 'a key of printable characters in one line')

// As it is written: the pattern above is of what the variable holds.
const pattern = '^([A-Za-z]+ )?\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$'

function key(description: string) {
  return keyText.optional().meta({ description, pattern })
}

function requiredKey(description: string) {
  return keyText.meta({ description, pattern })
}

/** The fields of a target by which OnCall is spoken to. */
export const oncallFields = {
  ingestUrl: address.optional().meta({ description: 'Base address for alerts, where that is another host.' }),
  apiKey: key(`The API key, by environment variable only: \${ONCALL_API_KEY}.`),
  setupKey: key(
    `A second key, by environment variable only, to make ready, to read back and to clean up: so that these use up nothing of the limit of apiKey.`,
  ),
  otherKeys: z
    .strictObject({
      sameUser: key('A second key of the user that apiKey belongs to.'),
      otherUser: key('A key of another user of the same organization.'),
      otherOrganization: key('A key of another organization.'),
    })
    .optional()
    .meta({
      description:
        'Keys by which "onset conform" finds out whose limits are; each by environment variable only. They read lists; with that of another organization, an integration that notifies nobody is made there and removed again, where a question needs one.',
    }),
  loadKeys: z
    .array(
      z.strictObject(
        {
          apiKey: requiredKey('The key.'),
          organization: z
            .string(aLabel)
            .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, aLabel)
            .refine((label) => label !== ownOrganization, aLabel)
            .optional()
            .meta({
              description:
                'A name for the organization that the key belongs to; the same for all keys of one. Default: that of apiKey.',
            }),
          stackUrl: address.optional().meta({ description: 'As stackUrl of the target, for this key.' }),
        },
        'a map with apiKey and, for another organization, organization',
      ),
      'a list of keys',
    )
    .min(1, 'at least one key, or no loadKeys at all')
    .optional()
    .meta({
      description:
        'Further keys that "onset capacity" spreads its load over: it reads lists with each, and makes integrations in each organization that they belong to.',
    }),
  stackUrl: address.optional().meta({
    description:
      'With a service-account token as the key: the stack that it belongs to, sent as X-Grafana-URL.',
  }),
  integrations: z
    .array(z.string(anId).regex(/^[A-Za-z0-9]{1,64}$/, anId), ids)
    .min(1, 'at least one id, or no integrations at all')
    .refine((list) => new Set(list).size === list.length, 'each id once')
    .optional()
    .meta({
      description:
        'Ids of integrations that are there already, to be used instead of making some. They are never changed.',
    }),
  detailsUrl: address.optional().meta({
    description: 'Where people can read about the test: each alert links to it.',
  }),
}

/** What a spec writes of these beside keys; it parses to the same values. */
export function writtenOncallFields({
  stackUrl,
  integrations,
  detailsUrl,
}: {
  stackUrl?: string
  integrations?: readonly string[]
  detailsUrl?: string
}): Record<string, unknown> {
  return {
    ...(stackUrl !== undefined && { stackUrl }),
    ...(integrations && { integrations: [...integrations] }),
    ...(detailsUrl !== undefined && { detailsUrl }),
  }
}
