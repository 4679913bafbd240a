import type { Limit } from '../../spec/index.ts'
import type { Said } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { fillUp } from '../fill.ts'
import type { QuestionId } from '../questions.ts'
import { asBucket } from '../reading.ts'
import { listWith } from '../requests.ts'
import { limitOf, type OtherKeys } from '../site.ts'
import { keyDescriptors, ownKeyDescriptor, possibleSharing, saidOfKey } from '../whose-limit.ts'
import { assumedMs, type Experiment } from './experiment.ts'

const keyOf: Partial<Record<QuestionId, keyof OtherKeys>> = {
  'whose-same-user': 'sameUser',
  'whose-other-user': 'otherUser',
  'whose-other-organization': 'otherOrganization',
}

/** What was sent so many windows ago counts no more, in most kinds of windows. */
const restFactor = 1.1

/**
 * With each other key so many requests are sent in a turn, while the tested one is at its limit: over all
 * turns half as many as the limit takes, which no window gives back meanwhile.
 */
const inTurn = 5
const turnsFor = (limit: number) => Math.max(2, Math.ceil(limit / 2 / inTurn))

/** Whose the limit of API requests is. */
export const keys: Experiment = {
  name: 'other keys, while the tested one is at its limit',
  answers: ['whose-same-user', 'whose-other-user', 'whose-other-organization'],
  track: 'api',
  fills: 'apiKey',
  integrations: () => [],
  obstacle(site, question) {
    const key = keyOf[question]
    if (!limitOf(site, 'apiKey')) return 'The spec has no limit for API keys.'
    if (key && site.otherKeys[key] === undefined) return `No such key was named (target.otherKeys.${key}).`
    return undefined
  },
  cost(site) {
    const limit = limitOf(site, 'apiKey')?.limit ?? 0
    const apiRequests = 2 * limit + 3 + turnsFor(limit) * (Object.keys(keyOf).length * inTurn + 1)
    const windowMs = limitOf(site, 'apiKey')?.window ?? 0
    return { apiRequests, alerts: 0, ms: apiRequests * assumedMs + restFactor * windowMs }
  },
  async run(site, asked) {
    const limit = limitOf(site, 'apiKey')
    const said = new Map<QuestionId, Said>()
    if (!limit) return said
    const own = () => site.ask(listWith(site, ownKeyDescriptor, site.apiKey))
    // What was sent with keys that may share the limit, to make ready, must count no more.
    await site.rest(restFactor * limit.window)
    await fillUp(own, { most: 2 * limit.limit + 3, signal: site.signal })
    const others: Exchange[] = []
    const wanted = Object.entries(keyOf).filter(
      ([question, key]) => asked.has(question as QuestionId) && site.otherKeys[key] !== undefined,
    ) as [QuestionId, keyof OtherKeys][]
    for (let turn = 0; turn < turnsFor(limit.limit) && !site.signal.aborted; turn++) {
      for (const [, key] of wanted) {
        for (let k = 0; k < inTurn; k++) {
          others.push(await site.ask(listWith(site, keyDescriptors[key], site.otherKeys[key])))
        }
      }
      await own()
    }
    const ownRequests = site.exchanges().filter(({ descriptor }) => descriptor === ownKeyDescriptor)
    const all = wanted.map(([, key]) => key)
    const bucket = asBucket(limit)
    const possible = (some: readonly (keyof OtherKeys)[], requests: readonly Exchange[], one: Limit) =>
      possibleSharing(some, [...ownRequests, ...requests], one, site.clockDriftPpm)
    const together = possible(all, others, limit)
    for (const [question, key] of wanted) {
      const ofKey = others.filter(({ descriptor }) => descriptor === keyDescriptors[key])
      // Where nothing explains all of them together, what is odd with one key need not be so with another.
      const ways = [
        { limit, found: () => together },
        { limit, found: () => possible([key], ofKey, limit) },
        { limit: bucket, found: () => possible(all, others, bucket) },
        { limit: bucket, found: () => possible([key], ofKey, bucket) },
      ]
      for (const way of ways) {
        const ofWay = way.found().get(key) ?? new Set()
        said.set(question, saidOfKey(key, ofWay, ofKey, way.limit))
        if (ofWay.size > 0) break
      }
    }
    return said
  },
}
