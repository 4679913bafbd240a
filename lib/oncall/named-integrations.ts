import { z } from 'zod'
import type { Call } from './api.ts'
import { chainReader } from './escalation-chain.ts'
import { ingestAddress, tokenOf } from './ingest-address.ts'
import { linkSchema } from './link.ts'
import { readList } from './list.ts'
import { failure, type Result } from './problem.ts'
import { doubts, notifierNames, type OncallRoute, routeSchema } from './route.ts'

/** An integration that was there before the run, as it was found: nothing of it is ever changed. */
export interface NamedIntegration {
  integrationId: string
  name: string
  /** Where its alerts go. Holds the token, so it is a secret. */
  link: string
  token: string
  /** The id of its default route. */
  routeId: string
  routes: number
  /** Whom its routes would notify: a sentence for each route that would, or may. Empty: nobody. */
  wakes: string[]
  /** What about its silence cannot be ruled out, as sentences. */
  doubts: string[]
}

const integrationSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  type: z.string(),
  link: linkSchema,
  default_route: routeSchema,
})

const routeOfListSchema = routeSchema.extend({
  position: z.number().nullish(),
  routing_regex: z.string().nullish(),
  is_the_last_route: z.boolean().nullish(),
})
type ListedRoute = z.output<typeof routeOfListSchema>

/** The one type that is documented to put alerts of the same `alert_uid` into one alert group. */
const usableType = 'formatted_webhook'

/** An address of OnCall takes an id as a part of its path, so it must not be able to leave it. */
const anId = /^[A-Za-z0-9]{1,64}$/

/**
 * Reads integrations that a spec names, with all their routes: one request for each, one for each page
 * of its routes, and for each escalation chain that a route leads into some more, to say whom it wakes.
 */
export async function readNamedIntegrations(
  call: Call,
  ids: readonly string[],
  url: string,
  ingestUrl?: string,
): Promise<Result<NamedIntegration[]>> {
  const describeChain = chainReader(call)
  const found: NamedIntegration[] = []
  for (const id of ids) {
    const one = await readOne(call, id, url, ingestUrl, describeChain)
    if (!one.ok) return one
    found.push(one.value)
  }
  return { ok: true, value: found }
}

async function readOne(
  call: Call,
  id: string,
  url: string,
  ingestUrl: string | undefined,
  describeChain: (id: string) => Promise<string>,
): Promise<Result<NamedIntegration>> {
  const what = `read the integration ${id}`
  if (!anId.test(id)) return failure('unusable', `Cannot ${what}: that is no id of an integration.`)
  const answer = await call('GET', `integrations/${id}/`, what)
  if (!answer.ok && answer.problem.status === 404) {
    const hint = 'its id stands in the address of its page, and in the list that the API gives'
    return failure('unusable', `There is no integration ${id} for this key: ${hint}.`, { status: 404 })
  }
  if (!answer.ok) return answer
  const parsed = integrationSchema.safeParse(answer.value)
  if (!parsed.success) {
    return failure('unexpected', `Cannot ${what}: the answer is no integration of OnCall.`)
  }
  const { name, type, link, default_route: defaultRoute } = parsed.data
  if (type !== usableType) {
    return failure(
      'unusable',
      `The integration ${id} is of type ${type}: only ${usableType} gathers the alerts of a run in one alert group.`,
    )
  }
  const address = ingestAddress(link, url, ingestUrl)
  if (!address.ok) return address
  const listed = await readList(
    call,
    `routes/?integration_id=${id}`,
    `read the routes of the integration ${id}`,
    routeOfListSchema,
  )
  if (!listed.ok) return listed
  const routes: ListedRoute[] = [...listed.value]
  // The list should have it; whom it notifies must be known in any case.
  if (!routes.some((route) => route.id === defaultRoute.id)) routes.push(defaultRoute)

  const title = name ? `"${name}" (${id})` : id
  const wakes: string[] = []
  for (const route of routes) {
    const whom = await whomItWakes(route, describeChain)
    if (whom.length > 0)
      wakes.push(`Integration ${title}, ${routeWords(route, defaultRoute)}: ${whom.join('; ')}.`)
  }
  return {
    ok: true,
    value: {
      integrationId: id,
      name: name ?? id,
      link: address.value,
      token: tokenOf(address.value),
      routeId: defaultRoute.id,
      routes: routes.length,
      wakes,
      doubts: [...new Set(routes.flatMap(doubts))],
    },
  }
}

function routeWords({ id, position, routing_regex: regex }: ListedRoute, defaultRoute: OncallRoute): string {
  if (id === defaultRoute.id) return 'default route'
  const where = position == null ? id : String(position)
  return regex ? `route ${where} (${JSON.stringify(regex)})` : `route ${where}`
}

async function whomItWakes(
  route: OncallRoute,
  describeChain: (id: string) => Promise<string>,
): Promise<string[]> {
  const chain = route.escalation_chain_id
  const whom = chain == null ? [] : [await describeChain(chain)]
  for (const name of notifierNames) {
    const { enabled, channel_id: channel, id } = route[name] ?? {}
    const place = channel ?? id
    // Whether a channel is posted to is certain only where its switch is off.
    if (enabled === false || (enabled === undefined && place == null)) continue
    whom.push(place == null ? `${name} is enabled` : `it posts to the ${name} channel ${place}`)
  }
  return whom
}
