import { describe, expect, it } from 'vitest'
import { specText } from '../../lib/run/index.ts'
import { parseSpec, writtenPrecautions } from '../../lib/spec/index.ts'

const limits = 'limits: [{name: a, scope: integration, limit: 3, window: 1s}]\n'
const parsed = (target: string) =>
  parseSpec(`target:\n  url: http://127.0.0.1:9\n  apiKey: \${KEY}\n${target}${limits}`, {
    file: 's.yaml',
    env: { KEY: 'k' },
  })
const targetOf = (target: string) => {
  const read = parsed(target)
  if (!read.ok || !read.spec.target) throw new Error(JSON.stringify(read))
  return read.spec.target
}

describe('what a spec says to spare a target', () => {
  const written = `  reserve: 35%
  stopWhenFailing: 0.25
  ceiling: {requests: 900, ratePerSecond: 12.5}
  caFile: ca.pem
  quietHours:
    - {from: "22:00", to: "06:30", timezone: Europe/Berlin, days: [mon, fri]}
    - {from: "12:00", to: "24:00", timezone: UTC}
`

  it('is read, with a fifth reserved and a stop at half of the answers where nothing is said', () => {
    expect(targetOf('')).toMatchObject({ reserve: 0.2, stopWhenFailing: 0.5 })
    expect(targetOf(written)).toMatchObject({
      reserve: 0.35,
      stopWhenFailing: 0.25,
      ceiling: { requests: 900, ratePerSecond: 12.5 },
      caFile: 'ca.pem',
      quietHours: [
        { from: 1320, to: 390, timezone: 'Europe/Berlin', days: ['mon', 'fri'] },
        { from: 720, to: 1440, timezone: 'UTC' },
      ],
    })
    expect(targetOf('  reserve: 0%\n')).toMatchObject({ reserve: 0 })
  })

  it('is written into the spec of a run so that it means the same', () => {
    const read = parsed(written)
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    const again = parseSpec(specText(read.spec, { apiKey: '${KEY}' }), { file: 's.yaml', env: { KEY: 'k' } })
    expect(again).toEqual(read)
    expect(Object.keys(writtenPrecautions(targetOf(written)))).toContain('quietHours')
  })

  it.each([
    ['  reserve: 100%\n', 'target.reserve', 'a share from 0% to below 100%'],
    ['  ceiling: {requests: 0}\n', 'target.ceiling.requests', 'a whole number from 1'],
    [
      '  quietHours: [{from: "25:00", to: "06:00", timezone: UTC}]\n',
      'target.quietHours[0].from',
      'a time of day in quotes',
    ],
    [
      '  quietHours: [{from: "22:00", to: "06:00", timezone: Mars/Olympus}]\n',
      'target.quietHours[0].timezone',
      'a time zone such as Europe/Berlin',
    ],
    [
      '  quietHours: [{from: "22:00", to: "22:00", timezone: UTC}]\n',
      'target.quietHours[0].to',
      'times that differ',
    ],
    [
      '  quietHours: [{from: "22:00", to: "23:00", timezone: UTC, days: [monday]}]\n',
      'target.quietHours[0].days[0]',
      'one of sun, mon',
    ],
  ])('is refused where it means nothing: %s', (target, path, expected) => {
    const read = parsed(target)
    expect(read.ok ? [] : read.mistakes).toMatchObject([
      { path, expected: expect.stringContaining(expected) },
    ])
  })
})
