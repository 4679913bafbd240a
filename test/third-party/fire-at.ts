import { Agent, request } from 'node:http'
import { conduct } from '../../lib/fire/conduct.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createWatch, makePlan } from '../../lib/plan/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import type { Enforced } from './servers.ts'

/** After the second recovery nothing is sent for so much of a window, counted from that recovery. */
const pauseInWindows = 1.25

/** How far the last onset goes past the limit. */
const beyond = 4

/** As a share of the limit: what is sent slowly before the last onset, and at once after the last recovery. */
const slowShare = 0.5
const burstShare = 0.75

/**
 * Fires at a server as `onset verify` would: what its plan says, by the watch that it uses itself, from
 * the first fill to the second recovery. Then once more, to tell algorithms apart: after a pause in
 * which a window ends without anybody to see it, since only then does a window that waits for its first
 * request differ from one that does not; and first slowly, then all at once, since a log that is filled
 * anew at the pace of before empties at the same pace. Every request is recorded with the clock's
 * milliseconds before and after.
 */
export async function fireAt(url: string, { limit, windowMs }: Enforced): Promise<History> {
  const agent = new Agent({ keepAlive: true })
  try {
    // Connections, compiled code: what the first requests take must not blur the first onset.
    await Promise.all(Array.from({ length: 10 }, () => get(agent, url, 'warm-up')))
    return await record(agent, url, limit, windowMs)
  } finally {
    agent.destroy()
  }
}

async function record(agent: Agent, url: string, limit: number, windowMs: number): Promise<History> {
  const { plan } = planOf(limit, windowMs)
  const startedAtMs = Date.now()
  const now = () => Date.now() - startedAtMs
  const records: RecordInput[] = []

  async function send(): Promise<Outcome> {
    const sentMs = now()
    const status = await get(agent, url, 'K')
    const outcome = status === 200 ? Outcome.accepted : status === 429 ? Outcome.limited : Outcome.unknown
    records.push({ descriptor: 'K', sentUs: sentMs * 1000, receivedUs: now() * 1000, outcome, status })
    return outcome
  }
  /** At a constant rate, whatever the answers take. */
  async function fill(count: number, ratePerSecond: number): Promise<void> {
    const answers: Promise<Outcome>[] = []
    const beganMs = now()
    for (let k = 0; k < count; k++) {
      await sleep(beganMs + (k * 1000) / ratePerSecond - now())
      answers.push(send())
    }
    await Promise.all(answers)
  }

  const [opening] = plan.fills
  const [watchPlan] = plan.watches
  if (!opening || !watchPlan) throw new Error('a plan for one limit has one fill and one watch')
  const watching = conduct(
    createWatch(watchPlan),
    {
      now,
      later: (waitMs, wake) => {
        const timer = setTimeout(wake, waitMs)
        return () => clearTimeout(timer)
      },
      send: async ({ descriptor }) => {
        const sentMs = now()
        const outcome = await send()
        const names = {
          [Outcome.accepted]: 'accepted',
          [Outcome.limited]: 'limited',
          [Outcome.unknown]: 'unknown',
        } as const
        return { descriptor, outcome: names[outcome], sentMs }
      },
      dropped: () => undefined,
    },
    {
      maxRequests: watchPlan.maxRequests,
      maxRatePerSecond: plan.maxRatePerSecond,
      deadlineMs: watchPlan.deadlineMs,
    },
  )
  await Promise.all([fill(opening.count, opening.ratePerSecond), watching])
  await sleep(pauseInWindows * windowMs)
  const slowly = Math.floor(limit * slowShare)
  await fill(slowly, (1000 * slowly) / (windowMs / 2))
  await fill(limit - slowly + beyond, opening.ratePerSecond)
  const giveUpMs = now() + 1.5 * windowMs
  while (now() < giveUpMs && (await send()) !== Outcome.accepted) await sleep(windowMs / 100)
  await fill(Math.ceil(limit * burstShare), 5 * opening.ratePerSecond)
  return historyFromRecords(
    { descriptors: { K: { apiKey: 'K' } }, startedAtMs, clockSlackMs: 1, tool: 'test' },
    records,
  )
}

function planOf(limit: number, windowMs: number) {
  const made = makePlan(
    specSchema.parse({ limits: [{ name: 'requests', scope: 'apiKey', limit, window: `${windowMs}ms` }] }),
  )
  if (!made.ok) throw new Error(made.problems.map(({ why }) => why).join('; '))
  return made
}

const sleep = (ms: number) => new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms) : resolve()))

/** The status of an answer; 0 without one. Never rejects. */
function get(agent: Agent, url: string, key: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(url, { agent, headers: { 'x-key': key } }, (response) => {
      const status = response.statusCode ?? 0
      response.resume().on('end', () => resolve(status))
    })
    asked.on('error', () => resolve(0)).end()
  })
}
