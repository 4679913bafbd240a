import { describe, expect, test } from 'vitest'
import { bodyFor } from '../../lib/fire/bindings.ts'
import type { SentAlerts } from '../../lib/oncall/alert-book.ts'
import { requestOfAlert } from '../../lib/oncall/alert-request.ts'
import type { Call } from '../../lib/oncall/api.ts'
import { alertBinding } from '../../lib/oncall/bindings.ts'
import { failure } from '../../lib/oncall/problem.ts'
import {
  mostReadBackRequests,
  pollAlerts,
  type ReadBack,
  type ReconcileBounds,
} from '../../lib/oncall/reconcile.ts'
import { type ReconcileMode, reconciled } from '../../lib/oncall/reconcile-findings.ts'

const runId = '20261125-191200-a1b2'
const fixture = {
  descriptor: 'A',
  integrationId: 'C1',
  routeId: 'R1',
  link: 'https://oncall.example.org/integrations/v1/formatted_webhook/token/',
  token: 'token',
  doubts: [],
}

/** An alert as the request of that id brings it. */
const payloadOf = (request: string): unknown =>
  request.startsWith('others')
    ? { message: 'Disk full.' }
    : JSON.parse(bodyFor(alertBinding(fixture, runId), request) as string)

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, k) => `${prefix}.${k}`)

/** Sent at 0 ms of the clock below; the last accepted one was sent at 1000. */
function sentOf(accepted: number, limited = 0, unknown = 0): SentAlerts {
  return {
    accepted: new Set(ids('a', accepted)),
    limited: new Set(ids('l', limited)),
    unknown: new Set(ids('u', unknown)),
    firstMs: 0,
    lastAcceptedMs: accepted > 0 ? 1_000 : undefined,
  }
}

/** What the target has at an instant: the alerts of each group, by the ids of their requests. */
type Existing = (nowMs: number) => string[][]
/** What a request meets instead of an answer; `undefined` where it is answered. */
type Trouble = (nowMs: number, path: string) => ReturnType<typeof failure> | undefined

/** A target with a clock that only moves when somebody waits, or asks, which takes 10 ms. */
function world(
  existing: Existing,
  trouble: Trouble = () => undefined,
  cutShortMs = Number.POSITIVE_INFINITY,
) {
  let nowMs = 2_000
  const asked: { atMs: number; path: string }[] = []
  const page = <Item>(items: Item[], path: string) => {
    const query = new URL(path, 'http://localhost/').searchParams
    const [number, size] = [Number(query.get('page') ?? 1), Number(query.get('perpage') ?? 50)]
    const next = number * size < items.length ? 'http://elsewhere.example/' : null
    return { count: items.length, next, results: items.slice((number - 1) * size, number * size) }
  }
  const call: Call = async (_, path) => {
    asked.push({ atMs: nowMs, path })
    nowMs += 5
    const groups = existing(nowMs)
    const problem = trouble(nowMs, path)
    nowMs += 5
    if (problem) return problem
    if (path.startsWith('alert_groups/')) {
      const items = groups.map((alerts, k) => ({
        id: `G${k}`,
        alerts_count: alerts.length,
        title: '',
        last_alert: { payload: payloadOf(alerts.at(-1) ?? '') },
      }))
      return { ok: true, value: page(items, path) }
    }
    const index = Number(/alert_group_id=G(\d+)/.exec(path)?.[1])
    const alerts = (groups[index] ?? []).map((request, k, all) => ({
      // Newest first: what comes later changes no id.
      id: `${index}-${all.length - k}`,
      payload: payloadOf(request),
    }))
    return { ok: true, value: page(alerts, path) }
  }
  const clock = {
    nowMs: () => nowMs,
    async pause(ms: number) {
      nowMs = Math.min(nowMs + ms, Math.max(nowMs, cutShortMs))
      return nowMs < cutShortMs
    },
  }
  return { call, clock, asked, now: () => nowMs }
}

const bounds: ReconcileBounds = { deliveredWithinMs: 30_000, patienceMs: 60_000 }

async function poll(
  { call, clock }: ReturnType<typeof world>,
  sent: SentAlerts,
  more: Partial<ReconcileBounds> = {},
  own = true,
): Promise<ReadBack> {
  const integration = { descriptor: 'A', integrationId: 'C1', own, sent }
  const [one] = await pollAlerts(call, runId, [integration], clock, { ...bounds, ...more })
  return one as ReadBack
}

const findingsOf = (one: ReadBack, mode: ReconcileMode = 'fail') =>
  reconciled([one], mode, bounds.deliveredWithinMs)

describe('reading back', () => {
  test('ends as soon as all is there and stays so, and finds nothing', async () => {
    const target = world(() => [ids('a', 20)])
    const one = await poll(target, sentOf(20, 5))
    expect(one).toMatchObject({ complete: true, existing: { groups: 1, count: 20 }, lagMs: [0, 1_010] })
    expect(target.asked).toHaveLength(2)
    expect(target.now()).toBeLessThan(3_000)
    expect(findingsOf(one)).toEqual({
      findings: [],
      reconciliation: [{ descriptor: 'A', accepted: [20, 20], counted: 20, agrees: true }],
      delivery: [{ descriptor: 'A', lagMs: [0, 1_010] }],
    })
  })

  test('is content with nothing where nothing was accepted', async () => {
    const one = await poll(
      world(() => []),
      sentOf(0, 5),
    )
    expect(findingsOf(one)).toMatchObject({ findings: [], delivery: [] })
  })

  test('waits for what is late, and says between which polls the last came', async () => {
    const target = world((nowMs) => [ids('a', nowMs < 9_000 ? 19 : 20)])
    const one = await poll(target, sentOf(20))
    const [least, most] = one.lagMs as [number, number]
    expect(least).toBeLessThanOrEqual(8_000)
    expect(most).toBeGreaterThanOrEqual(8_000)
    expect(findingsOf(one).findings).toEqual([])
    const pauses = target.asked.map(({ atMs }, k) => atMs - (target.asked[k - 1]?.atMs ?? atMs)).slice(1)
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  })

  test('whenever the last one comes, the delivery lag is true', async () => {
    for (let cameMs = 2_001; cameMs < 2_400; cameMs++) {
      const one = await poll(
        world((nowMs) => [ids('a', nowMs < cameMs ? 2 : 3)]),
        sentOf(3),
      )
      const [least, most] = one.lagMs as [number, number]
      expect({ cameMs, isTrue: least <= cameMs - 1_000 && cameMs - 1_000 <= most }).toEqual({
        cameMs,
        isTrue: true,
      })
    }
  })

  test('gives up at the deadline, and names what was lost', async () => {
    const target = world(() => [ids('a', 20).slice(2)])
    const one = await poll(target, sentOf(20))
    expect(target.now()).toBeGreaterThan(31_000)
    expect(findingsOf(one)).toMatchObject({
      findings: [{ kind: 'lost-alerts', level: 'fail', count: [2, 2], requests: ['a.0', 'a.1'] }],
      reconciliation: [{ accepted: [20, 20], counted: 18, agrees: false }],
    })
    expect(findingsOf(one).delivery[0]?.lagMs[1]).toBeNull()
  })

  test('tells doubled alerts from refused ones that exist', async () => {
    const doubled = await poll(
      world(() => [[...ids('a', 20), 'a.3']]),
      sentOf(20, 5),
    )
    expect(findingsOf(doubled).findings).toMatchObject([
      { kind: 'doubled-alerts', count: [1, 1], requests: ['a.3'] },
    ])
    const refused = await poll(
      world(() => [[...ids('a', 20), 'l.1', 'l.4']]),
      sentOf(20, 5),
    )
    expect(findingsOf(refused).findings).toMatchObject([
      { kind: 'refused-alert-exists', count: [2, 2], requests: ['l.1', 'l.4'] },
    ])
  })

  test('sees what is there twice although its number was right at first', async () => {
    const late = world((nowMs) => [nowMs < 2_100 ? ids('a', 5) : [...ids('a', 5), 'a.0', 'a.1']])
    expect(findingsOf(await poll(late, sentOf(5))).findings).toMatchObject([
      { kind: 'doubled-alerts', count: [2, 2] },
    ])
  })

  test('lets alerts without an answer exist or not', async () => {
    for (const unknown of [0, 1, 3]) {
      const one = await poll(
        world(() => [[...ids('a', 5), ...ids('u', unknown)]]),
        sentOf(5, 2, 3),
      )
      expect(findingsOf(one).findings).toEqual([])
      // Whether those that came are the accepted ones nobody knows.
      expect(one.lagMs?.[1] === undefined).toBe(unknown > 0)
    }
  })

  test('looks at the alerts of many pages and groups, each once', async () => {
    const [first, second] = [ids('a', 230), ids('l', 120)]
    const target = world(() => [first, second])
    expect(findingsOf(await poll(target, sentOf(230, 150))).findings).toMatchObject([
      { kind: 'refused-alert-exists', count: [120, 120] },
      { kind: 'split-group', level: 'note', count: [2, 2] },
    ])
    expect(target.asked.filter(({ path }) => path.startsWith('alerts/'))).toHaveLength(5)
  })

  test('takes an alert that another pushes to the next page for one', async () => {
    let pages = 0
    const before = [...ids('a', 148), 'a.0', 'a.1']
    const target = world(
      () => [pages > 0 ? ['u.0', ...before] : before],
      (_, path) => {
        if (path.startsWith('alerts/')) pages++
        return undefined
      },
    )
    const one = await poll(target, sentOf(148, 0, 1))
    expect(pages).toBe(2)
    expect(findingsOf(one).findings).toMatchObject([
      { kind: 'doubled-alerts', count: [2, 2], requests: ['a.0', 'a.1'] },
    ])
  })

  test('shares the pages that it may read among all groups', async () => {
    const target = world(() => [ids('a', 250), ids('l', 250)])
    await poll(target, sentOf(250, 250), { maxAlertPages: 4 })
    expect(target.asked.filter(({ path }) => path.startsWith('alerts/'))).toHaveLength(4)
  })

  test('reads no more pages than it may, and then says what is certain', async () => {
    const target = world(() => [[...ids('a', 300), ...ids('l', 100)]])
    const one = await poll(target, sentOf(300, 100), { maxAlertPages: 2 })
    expect(target.asked.filter(({ path }) => path.startsWith('alerts/'))).toHaveLength(2)
    expect(findingsOf(one).findings).toMatchObject([{ kind: 'surplus-alerts', count: [100, 200] }])
  })

  test('with report, tells the same and fails nothing', async () => {
    const one = await poll(
      world(() => [['a.0', 'a.0']]),
      sentOf(1),
    )
    expect(findingsOf(one, 'report').findings).toMatchObject([{ kind: 'doubled-alerts', level: 'note' }])
  })
})

describe('an integration that was there before', () => {
  const named = (existing: Existing, sent: SentAlerts) => poll(world(existing), sent, {}, false)

  test('is looked at for groups of the run alone, which are known by their words', async () => {
    const target = world(() => [ids('a', 20), ['others.0', 'others.1']])
    const one = await poll(target, sentOf(20), {}, false)
    expect(findingsOf(one)).toMatchObject({ findings: [], reconciliation: [{ counted: 20, agrees: true }] })
    expect(target.asked[0]?.path).toContain('&started_at=1969-12-31T00:00:00_1970-01-02T00:00:02')
  })

  test('fails for what is there twice or was refused, and not for what may be grouped elsewhere', async () => {
    const twice = findingsOf(await named(() => [[...ids('a', 5), 'a.0', 'l.1']], sentOf(5, 2)))
    expect(twice).toMatchObject({
      findings: [
        { kind: 'doubled-alerts', level: 'fail', count: [1, 1] },
        { kind: 'refused-alert-exists', level: 'fail', count: [1, 1] },
      ],
      reconciliation: [{ agrees: false }],
    })
    const fewer = findingsOf(await named(() => [ids('a', 4)], sentOf(5)))
    expect(fewer).toMatchObject({
      findings: [{ kind: 'lost-alerts', level: 'inconclusive', why: expect.stringContaining('own way') }],
      reconciliation: [{ agrees: null }],
    })
    const mixed = findingsOf(await named(() => [['others.0', ...ids('a', 5)]], sentOf(5)))
    expect(mixed).toMatchObject({
      findings: [{ kind: 'surplus-alerts', level: 'inconclusive' }],
      reconciliation: [{ agrees: null }],
    })
  })
})

describe('what keeps it from reading', () => {
  const limited = (retryAfterMs?: number) =>
    failure('limited', 'The key is full.', { status: 429, retryAfterMs })

  test('a full key: waits as long as it says, and reads on', async () => {
    const waits: number[] = []
    const target = world(
      () => [ids('a', 3)],
      (nowMs) => (nowMs < 40_000 ? limited(40_000 - nowMs) : undefined),
    )
    const one = await poll(target, sentOf(3), { onWait: (waitMs) => waits.push(waitMs) })
    expect(findingsOf(one).findings).toEqual([])
    expect(waits).toEqual([40_000 - 2_005])
  })

  test('a key that stays full: it is open whether alerts are there, which is no failure', async () => {
    const target = world(
      () => [ids('a', 3)],
      () => limited(),
    )
    const one = await poll(target, sentOf(3))
    expect(target.now()).toBeLessThan(65_000)
    expect(findingsOf(one)).toMatchObject({
      findings: [{ kind: 'unreconciled', level: 'inconclusive', why: expect.stringContaining('full') }],
      reconciliation: [{ counted: null, agrees: null, why: 'The key is full.' }],
      delivery: [],
    })
  })

  test('a dead API: gives up after a few times', async () => {
    const target = world(
      () => [],
      () => failure('unreachable', 'Nobody answers.'),
    )
    expect(findingsOf(await poll(target, sentOf(3))).findings).toMatchObject([{ kind: 'unreconciled' }])
    expect(target.asked.length).toBeLessThan(6)
  })

  test('an API that dies meanwhile: what is missing may still come, what is too much is there', async () => {
    const dies: Trouble = (nowMs) => (nowMs > 2_100 ? failure('unreachable', 'Nobody answers.') : undefined)
    const missing = findingsOf(
      await poll(
        world(() => [ids('a', 2)], dies),
        sentOf(3),
      ),
    )
    expect(missing).toMatchObject({
      findings: [{ kind: 'unreconciled', level: 'inconclusive' }],
      reconciliation: [{ counted: 2, agrees: null }],
    })
    const surplus = findingsOf(
      await poll(
        world(() => [[...ids('a', 3), 'l.0']], dies),
        sentOf(3, 1),
      ),
    )
    expect(surplus).toMatchObject({
      findings: [{ kind: 'surplus-alerts', level: 'fail', count: [1, null] }],
      reconciliation: [{ counted: 4, agrees: false }],
    })
  })

  test('a key that is refused again and again: asks less and less often, and so often at most', async () => {
    for (const retryAfterMs of [0, 10, undefined]) {
      const target = world(
        () => [ids('a', 3)],
        () => limited(retryAfterMs),
      )
      await poll(target, sentOf(3), { patienceMs: 300_000 })
      expect(target.asked.length).toBeLessThan(12)
    }
    const never = world((nowMs) => [ids('a', nowMs % 2)])
    await poll(never, sentOf(3), { deliveredWithinMs: 3_600_000 })
    expect(never.asked.length).toBeLessThanOrEqual(mostReadBackRequests(3_600_000))
    expect(mostReadBackRequests(3_600_000)).toBeLessThan(80)
  })

  test('an answer of another kind', async () => {
    const { clock } = world(() => [])
    const call: Call = async () => ({ ok: true, value: { hello: 'world' } })
    const [one] = await pollAlerts(
      call,
      runId,
      [{ descriptor: 'A', integrationId: 'C1', own: true, sent: sentOf(1) }],
      clock,
      bounds,
    )
    expect(findingsOf(one as ReadBack).findings).toMatchObject([{ kind: 'unreconciled' }])
  })

  test('being cut short: what is known is told', async () => {
    const target = world(() => [ids('a', 2)], undefined, 5_000)
    const one = await poll(target, sentOf(3))
    expect(target.now()).toBe(5_000)
    expect(findingsOf(one)).toMatchObject({
      findings: [{ kind: 'unreconciled', why: expect.stringContaining('the target had 2') }],
      reconciliation: [{ counted: 2, agrees: null }],
    })
  })
})

test('the request of an alert is found in its payload, for this run alone', () => {
  expect(requestOfAlert(payloadOf('k3.17'), runId)).toBe('k3.17')
  expect(requestOfAlert(payloadOf('k3.17'), '20261125-191200-ffff')).toBeUndefined()
  for (const other of [undefined, null, {}, { message: 7 }, { message: 'Disk full.' }, 'text']) {
    expect(requestOfAlert(other, runId)).toBeUndefined()
  }
})
