import { z } from 'zod'
import { requestOfAlert } from './alert-request.ts'
import type { Call } from './api.ts'
import { isGroupOf, type RunAtIntegration, startedBetween } from './groups-of-run.ts'
import { idSchema } from './id.ts'
import { failure, type Result } from './problem.ts'

/** An alert group, as far as its alerts are counted. */
export interface CountedGroup {
  id: string
  count: number
}

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ next: z.string().nullish(), results: z.array(item) })

const groupsPage = pageOf(
  z.object({
    id: idSchema,
    alerts_count: z.int().min(0),
    title: z.string().nullish(),
    last_alert: z.object({ payload: z.unknown() }).nullish(),
  }),
)
const alertsPage = pageOf(z.object({ id: z.string(), payload: z.unknown() }))

/** As many items as a page is asked to have; it may have fewer. */
const perPage = 100

/** What a list of pages gave: all there is, or what was on the first so many pages. */
interface Listed<Item> {
  items: Item[]
  complete: boolean
  pages: number
}

async function list<Item>(
  call: Call,
  path: string,
  what: string,
  page: z.ZodType<{ next?: string | null; results: Item[] }>,
  maxPages: number,
): Promise<Result<Listed<Item>>> {
  const items: Item[] = []
  for (let number = 1; number <= maxPages; number++) {
    const answer = await call('GET', `${path}&perpage=${perPage}&page=${number}`, what)
    // Between two pages the list may have become shorter.
    if (!answer.ok) return number > 1 && answer.problem.status === 404 ? done(true, number) : answer
    const parsed = page.safeParse(answer.value)
    if (!parsed.success) return failure('unexpected', `Cannot ${what}: what came back is no list of them.`)
    // One by one: so many arguments as a page may have items take no call.
    for (const item of parsed.data.results) items.push(item)
    if (parsed.data.next == null) return done(true, number)
  }
  return done(false, maxPages)

  function done(complete: boolean, pages: number): Result<Listed<Item>> {
    return { ok: true, value: { items, complete, pages } }
  }
}

/** More groups than on so many pages are not counted: then grouping has failed altogether. */
const maxGroupPages = 10

/**
 * The alert groups of a run in an integration: one request where there are few.
 * @param period of an integration that was there before, only groups that began then are looked at.
 */
export async function readGroups(
  call: Call,
  integrationId: string,
  run: RunAtIntegration,
  period: { fromMs: number; toMs: number },
): Promise<Result<CountedGroup[]>> {
  const filter = run.own ? '' : `&${startedBetween(period.fromMs, period.toMs)}`
  const path = `alert_groups/?integration_id=${encodeURIComponent(integrationId)}${filter}`
  const what = 'read the alert groups of an integration'
  const listed = await list(call, path, what, groupsPage, maxGroupPages)
  if (!listed.ok) return listed
  if (!listed.value.complete) {
    return failure('unexpected', `Cannot ${what}: there are more than ${maxGroupPages * perPage} of them.`)
  }
  return {
    ok: true,
    value: listed.value.items
      .filter((group) => isGroupOf(group, run))
      .map(({ id, alerts_count: count }) => ({ id, count })),
  }
}

/**
 * How often there is an alert of each request of this run in the given groups, on so many pages at
 * most. An alert whose contents do not name a request of the run is not in it.
 */
export async function readRequests(
  call: Call,
  groups: readonly CountedGroup[],
  runId: string,
  maxPages: number,
): Promise<Result<Map<string, number>>> {
  const seen = new Set<string>()
  const times = new Map<string, number>()
  let pagesLeft = maxPages
  for (const { id: groupId } of groups) {
    if (pagesLeft <= 0) break
    const path = `alerts/?alert_group_id=${encodeURIComponent(groupId)}`
    const listed = await list(call, path, 'read the alerts of a group', alertsPage, pagesLeft)
    if (!listed.ok) return listed
    pagesLeft -= listed.value.pages
    for (const { id, payload } of listed.value.items) {
      // Alerts that come in between two pages move others to the next page.
      if (seen.has(id)) continue
      seen.add(id)
      const request = requestOfAlert(payload, runId)
      if (request !== undefined) times.set(request, (times.get(request) ?? 0) + 1)
    }
  }
  return { ok: true, value: times }
}
