import { describe, expect, test } from 'vitest'
import { formatMistakes, type ParseSpecOptions, parseSpec, type Spec } from '../../lib/spec/index.ts'

const env = {
  ONCALL_API_KEY: 'k-0123456789',
  ONCALL_URL: 'https://oncall.example.org',
  WINDOW: '5m',
  EMPTY: '',
}

function spec(text: string, options: Partial<ParseSpecOptions> = {}): Spec {
  const parsed = parseSpec(text, { file: 'spec.yaml', env, ...options })
  if (!parsed.ok) throw new Error(formatMistakes(parsed.mistakes))
  return parsed.spec
}

function mistakes(text: string, options: Partial<ParseSpecOptions> = {}): string[] {
  const parsed = parseSpec(text, { file: 'spec.yaml', env, ...options })
  if (parsed.ok) throw new Error('this should not have been taken for a spec')
  return formatMistakes(parsed.mistakes).split('\n')
}

/** One good limit, in which a test replaces or adds a line. */
function limitWith(line: string): string {
  const fields = new Map([
    ['name', 'name: alerts'],
    ['scope', 'scope: integration'],
    ['limit', 'limit: 300'],
    ['window', 'window: 5m'],
  ])
  fields.set(/^\w+/.exec(line)?.[0] as string, line)
  return `limits:\n  - ${[...fields.values()].join('\n    ')}\n`
}

const limits = limitWith('name: alerts')

describe('a good spec', () => {
  test('has its defaults filled in, and durations in milliseconds', () => {
    expect(spec(limits)).toEqual({
      limits: [
        {
          name: 'alerts',
          scope: 'integration',
          limit: 300,
          window: 300_000,
          algorithm: ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter'],
          limitedRequests: 'either',
          chargedWhenRefused: 'either',
          tolerance: 0.05,
          foreignTraffic: 'none',
          startsEmpty: true,
          serverClock: 'exact',
        },
      ],
      outcomes: { accepted: '2xx', limited: '429' },
      clockDriftPpm: 200,
    })
  })

  test('may say everything', () => {
    const whole = spec(`
target:
  kind: oncall
  url: https://oncall.example.org/
  ingestUrl: https://ingest.example.org
  apiKey: \${ONCALL_API_KEY}
  dedicated: true
limits:
  - name: API requests per API key
    scope: apiKey
    limit: 300
    window: 1.5s
    algorithm: [gcra, token-bucket, gcra]
    limitedRequests: counted
    chargedWhenRefused: earlier
    tolerance: 0.1
    foreignTraffic: possible
    startsEmpty: false
    serverClock: 1s
outcomes: { accepted: [2xx, 304], limited: [429, 503] }
clockDriftPpm: 0
`)
    expect(whole.target).toEqual({
      kind: 'oncall',
      url: 'https://oncall.example.org',
      ingestUrl: 'https://ingest.example.org',
      apiKey: 'k-0123456789',
      dedicated: true,
      reserve: 0.2,
      stopWhenFailing: 0.5,
      reconcile: 'fail',
      deliveredWithin: 60_000,
    })
    expect(whole.limits[0]).toMatchObject({
      window: 1_500,
      algorithm: ['gcra', 'token-bucket'],
      tolerance: 0.1,
      serverClock: '1s',
    })
    expect(whole.outcomes).toEqual({ accepted: ['2xx', 304], limited: [429, 503] })
  })

  test('may name replicas, which are used in turn with the first address', () => {
    const { target } = spec(
      `${limits}target: {url: [https://a.example.org, "https://b.example.org/"], apiKey: "\${ONCALL_API_KEY}"}`,
    )
    expect(target).toMatchObject({ url: 'https://a.example.org', replicas: ['https://b.example.org'] })
    expect(spec(`${limits}target: {kind: http, url: "http://127.0.0.1:8080/items/"}`).target).toEqual({
      kind: 'http',
      url: 'http://127.0.0.1:8080/items/',
      dedicated: false,
      reserve: 0.2,
      stopWhenFailing: 0.5,
      reconcile: 'fail',
      deliveredWithin: 60_000,
    })
  })

  test('may have variables in every text, and a scheme before the key', () => {
    const whole = spec(
      `${limitWith(`window: \${WINDOW}`)}target: {url: "\${ONCALL_URL}/oncall", apiKey: "Bearer \${ONCALL_API_KEY}"}`,
    )
    expect(whole.limits[0]?.window).toBe(300_000)
    expect(whole.target).toMatchObject({
      url: 'https://oncall.example.org/oncall',
      apiKey: 'Bearer k-0123456789',
    })
  })

  test('does not look through what a variable holds', () => {
    expect(spec(limitWith(`name: \${ODD}`), { env: { ODD: `a \${WINDOW}` } }).limits[0]?.name).toBe(
      `a \${WINDOW}`,
    )
  })

  test('may have the same scope twice, a byte order mark, carriage returns, and be JSON', () => {
    const twice = `\uFEFF${limits}  - {name: burst, scope: integration, limit: 10, window: 1s}\n`
    expect(spec(twice.replaceAll('\n', '\r\n')).limits).toHaveLength(2)
    expect(
      spec(JSON.stringify({ limits: [{ name: 'a', scope: 'b', limit: 1, window: '1s' }] })).limits,
    ).toHaveLength(1)
  })

  test('may share values by anchors', () => {
    expect(
      spec(
        'limits:\n- &one {name: a, scope: s, limit: &n 7, window: &w 1m}\n- {name: b, scope: s, limit: *n, window: *w}',
      ).limits[1],
    ).toMatchObject({ limit: 7, window: 60_000 })
  })

  test('needs nothing of its target where a history is judged offline', () => {
    const text = `${limits}target: {url: "\${NOT_SET}", apiKey: "\${NOT_SET_EITHER}"}`
    expect(spec(text, { offline: true }).target).toBeUndefined()
    expect(spec(`${limits}target: {url: https://a.example.org}`, { offline: true }).target?.url).toBe(
      'https://a.example.org',
    )
    expect(mistakes(text)).toHaveLength(2)
  })
})

describe('mistakes', () => {
  test('are all told at once, in the order of the file, each with what to do', () => {
    expect(
      mistakes(`target:
  kind: oncal
  url: https://bob:hunter2@oncall.example.org/x?y
  apiKey: glc_secretsecret
  apikey: foo
  dedicated: yes
limits:
  - name: a
    scope: 7
    limit: "300"
    windw: 5m
  - name: a
    scope: integration
    limit: 300/5m
    window: 5
    algorithm: fixed_window
    tolerance: 5
  - name: x
    scope: a b
    limit: 1_000
    window: 5 minutes
    algorithm: [sliding-log, slidinglog]
    limitedRequests: free-ish
  - 3
  -
outcomes: {accepted: 2XX, limited: [429, 99]}
clockDriftPpm: -1
tolerance: 3%
`),
    ).toMatchInlineSnapshot(`
      [
        "spec.yaml:2:9  target.kind: expected one of oncall, http, found "oncal" — did you mean oncall?",
        "spec.yaml:3:8  target.url: expected an address without a user name or password, found "https://…@oncall.example.org/…" — put the key into an environment variable and write apiKey: \${ONCALL_API_KEY}",
        "spec.yaml:4:11  target.apiKey: expected an environment variable that holds a key, written \${ONCALL_API_KEY}, found a literal value — secrets only by environment variable",
        "spec.yaml:5:3  target: expected a known key, found apikey — did you mean apiKey?",
        "spec.yaml:6:14  target.dedicated: expected true or false, found "yes" — write true, without quotes",
        "spec.yaml:9:12  limits[0].scope: expected a word of letters, digits, - and _, such as integration, found 7 — write it in quotes: "7"",
        "spec.yaml:10:12  limits[0].limit: expected a whole number from 1 to 10000000, found "300" — write 300, without quotes",
        "spec.yaml:11:5  limits[0]: expected a known key, found windw — did you mean window?",
        "spec.yaml:12:11  limits[1].name: expected a name of its own, found "a" — limits[0] has it already: results and certificates tell limits apart by name",
        "spec.yaml:14:12  limits[1].limit: expected a whole number from 1 to 10000000, found "300/5m" — write limit: 300 and window: 5m",
        "spec.yaml:15:13  limits[1].window: expected a duration from 100ms to 168h, such as 5m, found 5 — a duration has a unit: write 5m",
        "spec.yaml:16:16  limits[1].algorithm: expected any, or one or a list of fixed-window, first-hit-window, sliding-log, sliding-counter, token-bucket, gcra, found "fixed_window" — did you mean fixed-window?",
        "spec.yaml:17:16  limits[1].tolerance: expected a share above 0% and below 100%, such as 5%, found 5 — write 5%",
        "spec.yaml:19:12  limits[2].scope: expected a word of letters, digits, - and _, such as integration, found "a b"",
        "spec.yaml:20:12  limits[2].limit: expected a whole number from 1 to 10000000, found "1_000" — write 1000",
        "spec.yaml:21:13  limits[2].window: expected a duration from 100ms to 168h, such as 5m, found "5 minutes" — write 5m",
        "spec.yaml:22:30  limits[2].algorithm[1]: expected one of fixed-window, first-hit-window, sliding-log, sliding-counter, token-bucket, gcra, found "slidinglog" — did you mean sliding-log?",
        "spec.yaml:23:22  limits[2].limitedRequests: expected one of counted, free, either, found "free-ish"",
        "spec.yaml:24:5  limits[3]: expected a map with name, scope, limit and window, found 3",
        "spec.yaml:25:4  limits[4]: expected a map with name, scope, limit and window, found nothing — remove what is empty",
        "spec.yaml:26:22  outcomes.accepted: expected a status such as 429 or a class such as 2xx, found "2XX" — write 2xx",
        "spec.yaml:26:42  outcomes.limited[1]: expected a status such as 429 or a class such as 2xx, found 99",
        "spec.yaml:27:16  clockDriftPpm: expected a number from 0 to 10000, in parts per million, found -1",
        "spec.yaml:28:1  expected one of target, limits, outcomes, capacity, clockDriftPpm, found tolerance — tolerance belongs under limits",
      ]
    `)
  })

  test.each([
    ['', 1, 1, 'an empty file'],
    ['# only a comment\n', 1, 1, 'an empty file'],
    ['---\n', 1, 1, 'an empty file'],
    ['- a\n', 1, 1, 'a list'],
    ['hello', 1, 1, '"hello"'],
    ['42', 1, 1, '42'],
    ['limits:\n', 1, 8, 'nothing — write a value after the colon'],
    ['limits: {}', 1, 9, 'a map — begin each limit with "- "'],
    ['limits: []', 1, 9, 'an empty list'],
    ['clockDriftPpm: 1\n', 1, 1, 'nothing'],
    ['limits:\n- - a\n', 2, 3, 'a list'],
  ])('are told of a spec of another shape: %j', (text, line, column, found) => {
    const [told, ...others] = mistakes(text)
    expect(told?.startsWith(`spec.yaml:${line}:${column}  `)).toBe(true)
    expect(told).toContain(`, found ${found}`)
    expect(others).toEqual([])
  })

  test.each([
    ['limits:\n\t- name: a', 2, 'a tab — indent by two spaces'],
    ['limits: [', 1, 'the end of the file'],
    ['limits:\n  - name: "a\n', 3, 'none'],
    [
      'limits:\n  - name: alerts: fast\n',
      2,
      'a second colon — put the text in quotes that has a colon in it',
    ],
    ['limits:\n  - name: @all\n', 2, 'a character that cannot begin one — put the text in quotes'],
    [
      `limits: {name: \${NAME}}`,
      1,
      `something after it — within { } or [ ], put a variable in quotes: "\${NAME}"`,
    ],
    ['limits:\n  - name: !alerts x\n', 2, 'a tag (!) — put the text in quotes that begins with !'],
    ['limits:\n  - name: *alerts\n', 2, 'a * — put a text that begins with * in quotes'],
    ['limits:\n  - name: a\n scope: b\n', 3, 'another indentation'],
    ['a: 1\n---\nb: 2\n', 2, 'a second one — remove the line ---'],
    ['limits: "\\q"', 1, 'another after a backslash — use single quotes'],
    ['%FOO\n---\na: 1', 1, 'a directive (%)'],
    ['limits:\n  name\n  scope: b', 2, 'a line without a colon'],
    [`${'x'.repeat(1100)}: 1`, 1, 'one of more than 1024 characters'],
    [`limits: ${'['.repeat(5_000)}`, 1, ''],
    ['x'.repeat(300_000), 1, 'more — is this file really a spec?'],
    ['? [a]\n: b\n', 1, 'a list, a map or nothing'],
  ])('are told of text that is not YAML (%#)', (text, line, found) => {
    const told = mistakes(text)
    expect(told.filter((mistake) => mistake.startsWith(`spec.yaml:${line}:`)).join('\n')).toContain(
      `, found ${found}`,
    )
  })

  test('are told of a key that stands twice, with the line of the first', () => {
    expect(mistakes(`${limits}clockDriftPpm: 1\nclockDriftPpm: 2\n`)).toEqual([
      'spec.yaml:7:1  clockDriftPpm: expected each key once, found clockDriftPpm again — the first is on line 6',
    ])
  })

  test('are told of aliases that stand for more than a spec can hold', () => {
    const bomb = ['a: &a0 [x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 20; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(8)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect(mistakes(bomb.join('\n'))).toEqual([
      expect.stringContaining('found more, counting what aliases (*) stand for'),
    ])
    expect(mistakes('limits: &a [*a]')[0]).toContain('counting what aliases')
  })

  test.each([
    ['name: "a\\u0007b"', '"a\\u0007b"'],
    ['name: "a\\nb"', '"a\\nb"'],
    ['name: "a\\u202Eb"', '"a\\u202eb"'],
    ['name: " "', '" "'],
    ['name: ""', '""'],
    [`name: ${'n'.repeat(201)}`, `"${'n'.repeat(60)}…"`],
    ['name: 300', '300 — write it in quotes: "300"'],
    ['name: [a]', 'a list'],
    ['name:', 'nothing — write a value after the colon'],
    ['scope: my scope', '"my scope"'],
    ['scope: "inte\\u0000"', '"inte\\u0000"'],
    ['limit: 0', '0'],
    ['limit: 1.5', '1.5'],
    ['limit: 10000001', '10000001'],
    ['limit: .nan', 'NaN'],
    ['limit: .inf', 'Infinity'],
    ['limit: "300"', '"300" — write 300, without quotes'],
    ['limit: 1,000', '"1,000" — write 1000'],
    ['limit: 300 per 10s', '"300 per 10s" — write limit: 300 and window: 10s'],
    ['window: 5', '5 — a duration has a unit: write 5m'],
    ['window: 300', '300 — a duration has a unit: write 300s'],
    ['window: "300"', '"300" — a duration has a unit: write 300s'],
    ['window: 5min', '"5min" — write 5m'],
    ['window: 5M', '"5M" — write 5m'],
    ['window: 30 seconds', '"30 seconds" — write 30s'],
    ['window: 1d', '"1d" — write 24h'],
    ['window: 1 week', '"1 week" — write 168h'],
    ['window: 99ms', '"99ms"'],
    ['window: 169h', '"169h"'],
    ['window: -5m', '"-5m"'],
    ['window: soon', '"soon"'],
    ['tolerance: 5', '5 — write 5%'],
    ['tolerance: "5"', '"5" — write 5%'],
    ['tolerance: 0', '0'],
    ['tolerance: 100%', '"100%"'],
    ['tolerance: -1%', '"-1%"'],
    ['algorithm: tokenbucket', '"tokenbucket" — did you mean token-bucket?'],
    ['algorithm: []', 'an empty list'],
    ['algorithm: 3', '3'],
    ['algorithm:', 'nothing — write a value, or leave the key out'],
    ['foreignTraffic: posible', '"posible" — did you mean possible?'],
    ['startsEmpty: "true"', '"true" — write true, without quotes'],
    ['startsEmpty: off', '"off" — write false, without quotes'],
    ['serverClock: 1', '1'],
  ])('are told of a limit: %s', (line, found) => {
    const told = mistakes(limitWith(line))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(`, found ${found}`)
    expect(told[0]).toContain(`limits[0].${/^\w+/.exec(line)?.[0]}: `)
  })

  test.each([
    ['windw: 5m', 'windw — did you mean window?'],
    ['limited_requests: free', 'limited_requests — did you mean limitedRequests?'],
    ['outcomes: {}', 'outcomes — outcomes stands at the left margin'],
    ['apiKey: x', 'apiKey — apiKey belongs under target'],
    ['colour: red', 'colour'],
    ['__proto__: {}', '__proto__'],
  ])('are told of a key that a limit does not have: %s', (line, found) => {
    const told = mistakes(limitWith(line))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(`spec.yaml:6:5  limits[0]: expected `)
    expect(told[0]?.endsWith(`found ${found}`)).toBe(true)
  })

  test('are told of a misspelt key once, and not as a missing one as well', () => {
    const told = mistakes(limits.replace('window', 'windows'))
    expect(told).toEqual([
      'spec.yaml:5:5  limits[0]: expected a known key, found windows — did you mean window?',
    ])
  })

  test('are told of limits of one name, since nothing could tell them apart', () => {
    expect(mistakes(`${limits}  - {name: alerts, scope: apiKey, limit: 1, window: 1s}`)).toEqual([
      'spec.yaml:6:12  limits[1].name: expected a name of its own, found "alerts" — limits[0] has it already: results and certificates tell limits apart by name',
    ])
  })

  test.each([
    ['{accepted: 2XX}', 'outcomes.accepted', '"2XX" — write 2xx'],
    ['{accepted: [200, 20]}', 'outcomes.accepted[1]', '20'],
    ['{limited: []}', 'outcomes.limited', 'an empty list'],
    ['{accepted: [200, 429]}', 'outcomes.accepted', '"429" as both'],
    ['{accepted: 2xx, limited: [429, 2xx]}', 'outcomes.limited', '"2xx" as both'],
    ['{refused: 429}', 'outcomes', 'refused'],
    ['429', 'outcomes', '429'],
  ])('are told of outcomes: %s', (outcomes, path, found) => {
    const told = mistakes(`${limits}outcomes: ${outcomes}`)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(`  ${path}: expected `)
    expect(told[0]).toContain(`, found ${found}`)
  })
})

describe('mistakes in a target', () => {
  const key = `"\${ONCALL_API_KEY}"`
  test.each([
    [`{url: oncall.example.org, apiKey: ${key}}`, 'url', '"oncall.example.org" — begin with https://'],
    [`{url: "localhost:8080", apiKey: ${key}}`, 'url', '"localhost:8080" — begin with http://'],
    [`{url: "ftp://a.example.org", apiKey: ${key}}`, 'url', '"ftp://a.example.org"'],
    [`{url: "https://", apiKey: ${key}}`, 'url', '"https://"'],
    [`{url: "https://a.example.org:x", apiKey: ${key}}`, 'url', '"https://a.example.org:x"'],
    [`{url: "https://a.example.org ", apiKey: ${key}}`, 'url', 'one with white space'],
    [`{url: "https://a.example.org/?a=b", apiKey: ${key}}`, 'url', '"https://a.example.org/…" — leave out'],
    [`{url: "https://a.example.org#x", apiKey: ${key}}`, 'url', '"https://a.example.org/…" — leave out'],
    [`{url: "https://u:p@a.example.org", apiKey: ${key}}`, 'url', '"https://…@a.example.org"'],
    [`{url: "https://@a.example.org", apiKey: ${key}}`, 'url', '"https://…@a.example.org"'],
    [`{url: "https://a.example.org/api/v1/", apiKey: ${key}}`, 'url', 'one with /api/v1'],
    [
      `{url: https://a.example.org, ingestUrl: "https://a.example.org/integrations/v1/webhook/t0ken/", apiKey: ${key}}`,
      'ingestUrl',
      'one with /integrations/v1',
    ],
    [`{url: [], apiKey: ${key}}`, 'url', 'an empty list'],
    [`{url: [https://a.example.org, b], apiKey: ${key}}`, 'url[1]', '"b"'],
    [`{url: 3, apiKey: ${key}}`, 'url', 'a number'],
    [`{apiKey: ${key}}`, 'url', 'nothing'],
    ['{url: https://a.example.org}', 'apiKey', 'nothing — OnCall makes a key'],
    [
      `{url: https://a.example.org, apiKey: "\${NOT_SET}"}`,
      'apiKey',
      'none of that name — set it before the run: export NOT_SET=…',
    ],
    [`{url: https://a.example.org, apiKey: "\${EMPTY}"}`, 'apiKey', 'an empty one'],
    [`{url: https://a.example.org, apiKey: "\${a b}"}`, 'apiKey', 'a name that no variable can have'],
    [
      '{url: https://a.example.org, apiKey: literal}',
      'apiKey',
      'a literal value — secrets only by environment variable',
    ],
    [`{url: https://a.example.org, apiKey: "x\${ONCALL_API_KEY}"}`, 'apiKey', 'a literal value'],
    [
      '{url: https://a.example.org, apiKey: 12345}',
      'apiKey',
      'a number — secrets only by environment variable',
    ],
    ['{url: https://a.example.org, apiKey: [12345]}', 'apiKey', 'a list — secrets only'],
    [
      `{url: "https://\${ONCALL_API_KEY}.example.org", apiKey: ${key}}`,
      'url',
      'the variable of the key, ONCALL_API_KEY',
    ],
    [`{kind: http, url: "\${WINDOW}"}`, 'url', `"\${WINDOW}" — look at what WINDOW holds`],
  ])('are told: %s', (target, path, found) => {
    const told = mistakes(`target: ${target}\n${limits}`)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(`  target.${path}: expected `)
    expect(told[0]).toContain(`, found ${found}`)
  })

  test.each(['k-123\n', 'k\t1', ' k', 'ключ'])('are told of a key that no header can carry: %j', (held) => {
    const told = mistakes(`target: {url: https://a.example.org, apiKey: ${key}}\n${limits}`, {
      env: { ONCALL_API_KEY: held },
    })
    expect(told).toEqual([
      'spec.yaml:1:46  target.apiKey: expected a key of printable characters in one line, found a text — look at what ONCALL_API_KEY holds',
    ])
  })
})
