import { z } from 'zod'

// What a target of kind http has beside its address. The messages read on after "expected".

/** Methods by which a target of kind http can be asked. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const aHeaderValue = 'a text of printable characters in one line'
const aPath = 'a path such as /api/things?page=1, in printable characters without white space'
const aCallerName = 'a name of 1 to 100 letters, digits, -, _ and .'
const aScopeValue = 'a text of 1 to 200 characters that can be printed on one line'

const headers = z
  .record(z.string(), z.string(aHeaderValue).regex(/^[\x20-\x7e]*$/, aHeaderValue), 'a map of header fields')
  .default({})
  .meta({ description: 'Header fields. Secrets only by environment variable: ${API_KEY}.' })

const path = z
  .string(aPath)
  .max(4_000, aPath)
  .regex(/^[/?][\x21\x22\x24-\x7e]*$/, aPath)

const body = z.string('a text')

/** What every caller sends. */
export const requestSchema = z
  .strictObject(
    {
      method: z
        .enum(methods, `one of ${methods.join(', ')}`)
        .default('GET')
        .meta({ description: 'The method, GET by default.' }),
      path: path
        .default('')
        .meta({ description: 'What follows the address of the target, such as /api/things?page=1.' }),
      headers,
      body: body
        .optional()
        .meta({ description: 'The body. {request} in it stands for an id that no other request has.' }),
    },
    'a map with method, path, headers and body',
  )
  .meta({ description: 'What every caller sends. Default: GET of the address.' })

/** Somebody in whose name requests are sent. */
export const callerSchema = z
  .strictObject(
    {
      name: z
        .string(aCallerName)
        .regex(/^[\w.-]{1,100}$/, aCallerName)
        .meta({ description: 'How reports call it. Each name stands once.' }),
      scopes: z
        .record(
          z.string(),
          z.string(aScopeValue).regex(/^[^\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]{1,200}$/u, aScopeValue),
          'a map from each scope to its value, such as {client: alice}',
        )
        .meta({ description: 'By what the limits count its requests: {client: alice, tenant: acme}.' }),
      headers,
      path: path.optional().meta({ description: 'Instead of the path of request.' }),
      body: body.optional().meta({ description: 'Instead of the body of request.' }),
    },
    'a map with name, scopes and what it sends',
  )
  .meta({ description: 'Somebody in whose name requests are sent.' })

/** How a refusal says which limit it is from. */
export const limitedBySchema = z
  .strictObject(
    {
      header: z
        .string('the name of a header field')
        .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header field')
        .optional()
        .meta({ description: 'The header field that names the limit.' }),
      json: z
        .string('a path into JSON, such as error.scope')
        .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'a path into JSON, such as error.scope')
        .optional()
        .meta({ description: 'Where in a JSON body the limit is named: error.scope.' }),
      scopes: z
        .record(z.string(), z.string('a scope of a limit'), 'a map from what is found to a scope')
        .default({})
        .meta({
          description: 'Which scope is meant by what is found there, where it is not the scope itself.',
        }),
    },
    'a map with header or json',
  )
  .meta({ description: 'How a refusal says which scope refused. Default: it is not read.' })

export type HttpRequest = z.output<typeof requestSchema>
export type Caller = z.output<typeof callerSchema>
export type LimitedBy = z.output<typeof limitedBySchema>

/** The caller of a spec that names none. */
const onlyCaller = 'caller'

/** Who calls: those of the spec, or else one who is counted by every limit. */
export function callersOf(spec: {
  target?: { callers?: readonly Caller[] }
  limits: readonly { scope: string }[]
}): readonly Caller[] {
  const callers = spec.target?.callers
  if (callers) return callers
  const scopes = Object.fromEntries(spec.limits.map(({ scope }) => [scope, onlyCaller]))
  return [{ name: onlyCaller, scopes, headers: {} }]
}
