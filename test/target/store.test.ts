import { expect, test } from 'vitest'
import { createAlertStore, maxStored, type Signal } from '../../lib/target/store/alerts.ts'
import { createDelayedWork, maxWaiting } from '../../lib/target/store/delayed.ts'

const signal = (rest: Partial<Signal> = {}): Signal => ({
  origin: { organization: 'acme', integrationId: 'C1', routeId: 'R1' },
  title: 'Alert',
  resolves: false,
  payload: '{}',
  ...rest,
})

test('an alert appears when its delay has passed, not a millisecond before', () => {
  const store = createAlertStore(100)
  store.receive(signal(), 1_000)
  store.advance(1_099.9)
  expect(store.groups('acme')).toEqual([])
  store.advance(1_100)
  expect(store.groups('acme')).toMatchObject([{ alertsCount: 1, createdMs: 1_000 }])
})

test('what is stored is bounded, and a count survives its alerts', () => {
  const store = createAlertStore(0)
  for (let n = 0; n < maxStored.alerts + 5; n++) store.receive(signal({ uid: 'one' }), n)
  expect(store.groups('acme')).toMatchObject([{ alertsCount: maxStored.alerts + 5 }])
  expect(store.alerts('acme')).toHaveLength(maxStored.alerts)

  for (let n = 0; n < maxStored.groups + 5; n++) store.receive(signal(), n)
  expect(store.groups('acme')).toHaveLength(maxStored.groups)
  store.receive(signal({ uid: 'one' }), 1)
  expect(store.groups('acme')[0]).toMatchObject({ uid: 'one', alertsCount: 1 })
})

test('payloads are bounded by their length too', () => {
  const store = createAlertStore(0)
  const payload = `"${'x'.repeat(1024 * 1024)}"`
  for (let n = 0; n < 80; n++) store.receive(signal({ uid: 'one', payload }), n)
  expect(store.alerts('acme')).toHaveLength(63)
  expect(store.groups('acme')[0]?.alertsCount).toBe(80)
})

test('work waits in line, and is done early rather than lost when the line is full', () => {
  const work = createDelayedWork(1_000)
  const done: number[] = []
  const total = maxWaiting.jobs + 3
  for (let n = 0; n < total; n++) work.add(0, 1, () => done.push(n))
  expect(done).toEqual([0, 1, 2])
  work.add(0, maxWaiting.bytes, () => done.push(total))
  expect(done).toHaveLength(total)
  work.advance(1_000)
  expect(done).toEqual(Array.from({ length: total + 1 }, (_, n) => n))
})

test('a silence ends by itself, and resolving closes the group for its uid', async () => {
  const { groupState } = await import('../../lib/target/store/alerts.ts')
  const store = createAlertStore(0)
  store.receive(signal({ uid: 'u' }), 0)
  const [group] = store.groups('acme')
  if (!group) throw new Error('no group')
  group.silencedUntilMs = 50
  expect([groupState(group, 49), groupState(group, 50)]).toEqual(['silenced', 'new'])
  store.resolve(group, 60)
  store.receive(signal({ uid: 'u' }), 70)
  expect(store.groups('acme').map((each) => groupState(each, 80))).toEqual(['new', 'resolved'])
})
