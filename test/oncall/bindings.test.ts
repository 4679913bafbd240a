import { expect, test } from 'vitest'
import { alertBinding, listBinding } from '../../lib/oncall/index.ts'

const fixture = {
  descriptor: 'A',
  integrationId: 'C1',
  routeId: 'R1',
  link: 'http://127.0.0.1/integrations/v1/formatted_webhook/t/',
  token: 't',
  doubts: [],
}

test('alerts of one integration and run fall into one group, and say that they are a load test', () => {
  const { url, method, body } = alertBinding(fixture, 'r7')
  expect({ url, method }).toEqual({ url: fixture.link, method: 'POST' })
  const alert = JSON.parse(body ?? '') as Record<string, string>
  expect(alert).toMatchObject({ alert_uid: 'onset-r7-A', state: 'alerting' })
  expect(alert.title).toContain('Load test by Onset, run r7')
  expect(alert.message).toContain('{request}')
})

test('a list is read with the raw key', () => {
  expect(listBinding({ url: 'http://127.0.0.1/oncall/', apiKey: 'k' })).toEqual({
    url: 'http://127.0.0.1/oncall/api/v1/alert_groups/',
    method: 'GET',
    headers: { authorization: 'k', accept: 'application/json' },
  })
})
