import { z } from 'zod'
import type { Call } from './api.ts'
import { idSchema } from './id.ts'
import { readList } from './list.ts'

const chainSchema = z.object({ name: z.string() })

const stepSchema = z.object({
  type: z.string().nullish(),
  persons_to_notify: z.array(idSchema).nullish(),
  persons_to_notify_next_each_time: z.array(idSchema).nullish(),
  notify_on_call_from_schedule: z.string().nullish(),
})

const userSchema = z.object({ username: z.string() })

/** So many persons are named; each costs a request. */
const mostNamed = 5

/**
 * Makes a function that says where an escalation chain leads, by its name and by whom it notifies, as
 * far as the key may read that. Each chain and each person is asked for once.
 */
export function chainReader(call: Call): (chainId: string) => Promise<string> {
  const chains = new Map<string, Promise<string>>()
  const persons = new Map<string, Promise<string>>()

  async function person(id: string): Promise<string> {
    const answer = await call('GET', `users/${encodeURIComponent(id)}/`, 'find out whom a route notifies')
    const user = answer.ok ? userSchema.safeParse(answer.value) : undefined
    return user?.success ? user.data.username : id
  }

  async function describe(chainId: string): Promise<string> {
    const id = encodeURIComponent(chainId)
    const what = 'find out where a route leads'
    const answer = await call('GET', `escalation_chains/${id}/`, what)
    const chain = answer.ok ? chainSchema.safeParse(answer.value) : undefined
    const name = chain?.success ? `"${chain.data.name}" (${chainId})` : chainId
    const steps = await readList(call, `escalation_policies/?escalation_chain_id=${id}`, what, stepSchema)
    const leads = `it leads into the escalation chain ${name}`
    if (!steps.ok) return `${leads}, whose steps this key may not read`
    const whom = await whomOf(steps.value)
    return whom.length === 0 ? leads : `${leads}, which notifies ${whom.join(', ')}`
  }

  async function whomOf(steps: readonly z.output<typeof stepSchema>[]): Promise<string[]> {
    const ids = [
      ...new Set(
        steps.flatMap((step) => [
          ...(step.persons_to_notify ?? []),
          ...(step.persons_to_notify_next_each_time ?? []),
        ]),
      ),
    ]
    const named: string[] = []
    for (const id of ids.slice(0, mostNamed)) named.push(await remembered(persons, id, person))
    if (ids.length > mostNamed) named.push(`${ids.length - mostNamed} more`)
    const schedules = new Set(steps.flatMap(({ notify_on_call_from_schedule: schedule }) => schedule ?? []))
    const others = new Set(
      steps.flatMap(({ type }) => (type && !quietTypes.has(type) && !namedTypes.has(type) ? type : [])),
    )
    return [
      ...named,
      ...[...schedules].map((schedule) => `whoever is on call in the schedule ${schedule}`),
      ...[...others].map((type) => `others (${type})`),
    ]
  }

  return (chainId) => remembered(chains, chainId, describe)
}

/** Steps that notify nobody by themselves. */
const quietTypes = new Set([
  'wait',
  'resolve',
  'repeat_escalation',
  'notify_if_time_from_to',
  'notify_if_num_alerts_in_window',
])
/** Steps whose persons are said. */
const namedTypes = new Set(['notify_persons', 'notify_person_next_each_time', 'notify_on_call_from_schedule'])

function remembered(
  known: Map<string, Promise<string>>,
  id: string,
  ask: (id: string) => Promise<string>,
): Promise<string> {
  const asked = known.get(id) ?? ask(id)
  known.set(id, asked)
  return asked
}
