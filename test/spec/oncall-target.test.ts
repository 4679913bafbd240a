import { describe, expect, it } from 'vitest'
import { formatMistakes, parseSpec } from '../../lib/spec/index.ts'

const env = { KEY: 'key-under-test', SETUP: 'key-for-set-up', SAME: 'key-under-test' }
const limits = 'limits: [{name: n, scope: integration, limit: 3, window: 5m}]\n'
const read = (target: string) =>
  parseSpec(`target: {url: "https://oncall.example.org", ${target}}\n${limits}`, { file: 's.yaml', env })

function mistakesOf(target: string): string {
  const parsed = read(target)
  return parsed.ok ? '' : formatMistakes(parsed.mistakes)
}

describe('a target of kind oncall', () => {
  it('may have a second key, a stack, integrations and a page about the test', () => {
    const parsed = read(
      'apiKey: "${KEY}", setupKey: "Bearer ${SETUP}", stackUrl: "https://s.grafana.net/", integrations: [CFRPV98RPR1U8, C2], detailsUrl: "https://wiki.example.org/load"',
    )
    expect(parsed).toMatchObject({
      ok: true,
      spec: {
        target: {
          apiKey: 'key-under-test',
          setupKey: 'Bearer key-for-set-up',
          stackUrl: 'https://s.grafana.net',
          integrations: ['CFRPV98RPR1U8', 'C2'],
          detailsUrl: 'https://wiki.example.org/load',
        },
      },
    })
  })

  it.each([
    ['setupKey: "a-literal-key"', 'target.setupKey: expected an environment variable'],
    ['setupKey: "${KEY}"', 'target.setupKey: expected another key than apiKey, found the same variable'],
    ['setupKey: "${SAME}"', 'target.setupKey: expected another key than apiKey'],
    ['loadKeys: []', 'target.loadKeys: expected at least one key'],
    ['loadKeys: [{apiKey: "a-literal-key"}]', 'target.loadKeys[0].apiKey: expected an environment variable'],
    ['loadKeys: [{apiKey: "${SAME}"}]', 'target.loadKeys[0].apiKey: expected another key than apiKey'],
    [
      'loadKeys: [{apiKey: "${SETUP}", organization: "${SETUP}"}]',
      'target.loadKeys[0].organization: expected a text without a secret',
    ],
    [
      'loadKeys: [{apiKey: "${SETUP}", organization: organization}]',
      'target.loadKeys[0].organization: expected a word',
    ],
    ['integrations: []', 'target.integrations: expected at least one id'],
    ['integrations: [C1, C1]', 'target.integrations: expected each id once'],
    ['integrations: ["../users"]', 'target.integrations[0]: expected the id of an integration'],
    ['stackUrl: "ftp://x"', 'target.stackUrl: expected an address'],
    [
      'setupKey: "${SETUP}", ingestUrl: "https://${SETUP}"',
      'target.ingestUrl: expected a text without a secret',
    ],
  ])('with %s is a mistake that shows no key', (target, words) => {
    const told = mistakesOf(`apiKey: "\${KEY}", ${target}`)
    expect(told).toContain(words)
    for (const key of [...Object.values(env), 'a-literal-key']) expect(told).not.toContain(key)
  })

  it('is the only kind that has these', () => {
    const told = mistakesOf('kind: http, integrations: [C1], stackUrl: "https://s.grafana.net"')
    expect(told).toMatch(/integrations.*\n?.*only OnCall has that/)
  })
})
