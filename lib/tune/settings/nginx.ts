import type { CandidateLimit } from '../candidate.ts'
import { durationWord, enforcedAs, otherAlgorithm, type Setting, withComments } from './setting.ts'

/**
 * How the value of a scope is found in a request: what is put before, and a variable that is empty where
 * there is none.
 */
interface Key {
  lines: string[]
  variable: string
  remark?: string
}

/**
 * `limit_req` of nginx: a leaky bucket that drains at a rate of whole requests in a second or a minute, and
 * with `nodelay` refuses what does not fit. Refused requests are not counted. A bucket of `burst` beside
 * the first request lets through at once what the limit says, and then what drains: that is a token bucket.
 */
export function nginxSetting(limits: readonly CandidateLimit[]): Setting {
  const keys = limits.map(({ scope }) => keyOf(scope))
  const rates = limits.map(rateOf)
  const amountsTo = limits.map((wanted, index): CandidateLimit => {
    const { perMs } = rates[index] as Rate
    return enforcedAs(wanted, {
      windowMs: wanted.limit / perMs,
      algorithm: 'token-bucket',
      limitedRequests: 'free',
      chargedWhenRefused: 'free',
    })
  })
  const zone = (index: number) => `onset_${index + 1}_${wordOf((limits[index] as CandidateLimit).scope)}`
  const remarks = [
    'nginx lets the limit through at once, and then as many as drain: up to twice the limit in the first window.',
    ...otherAlgorithm(limits, ['token-bucket', 'gcra'], 'a token bucket'),
    ...limits.flatMap(({ scope, refillEveryMs }) =>
      refillEveryMs === undefined
        ? []
        : [`${scope}: it drains all the time, and not every ${durationWord(refillEveryMs)}.`],
    ),
    ...limits.flatMap((wanted, index) => differenceWords(wanted, rates[index] as Rate)),
    ...new Set(keys.flatMap(({ remark }) => remark ?? [])),
  ]
  const lines = [
    '# in http {}:',
    ...new Set(keys.flatMap(({ lines }) => lines)),
    ...keys.map(
      ({ variable }, index) =>
        `limit_req_zone ${variable} zone=${zone(index)}:10m rate=${(rates[index] as Rate).word};`,
    ),
    '# in the server or location {} that passes requests on:',
    ...limits.map(({ limit }, index) => `limit_req zone=${zone(index)} burst=${limit - 1} nodelay;`),
    'limit_req_status 429;',
  ]
  return {
    platform: 'nginx',
    file: 'nginx.conf',
    text: withComments('#', remarks, lines),
    amountsTo,
    remarks,
  }
}

interface Rate {
  /** Requests, as nginx counts them. */
  perMs: number
  word: string
  /** That over what is wanted. */
  ofWanted: number
}

/**
 * In whole requests a second where that is exact, else in a minute, rounded down, and no less than one. Of these
 * nginx keeps whole thousandths of a request a second, so that 1r/m is 0.96 requests a minute.
 */
function rateOf({ limit, windowMs }: CandidateLimit): Rate {
  const perSecond = (limit * 1000) / windowMs
  if (Number.isInteger(perSecond) && perSecond >= 1) {
    return { perMs: perSecond / 1000, word: `${perSecond}r/s`, ofWanted: 1 }
  }
  const perMinute = Math.max(1, Math.floor((limit * 60_000) / windowMs))
  const thousandthsPerSecond = Math.floor((perMinute * 1000) / 60)
  return {
    perMs: thousandthsPerSecond / 1e6,
    word: `${perMinute}r/m`,
    ofWanted: (thousandthsPerSecond * windowMs) / (limit * 1e6),
  }
}

/** What a limit becomes that nginx has no rate for; nothing where it has. */
function differenceWords(
  { scope, limit, windowMs }: CandidateLimit,
  { perMs, word, ofWanted }: Rate,
): string[] {
  if (ofWanted === 1) return []
  const perMinute = Number((perMs * 60_000).toPrecision(4))
  const much =
    ofWanted < 2
      ? `${Number((100 * ofWanted).toPrecision(3))} % of it`
      : `${Math.round(ofWanted)} times as much`
  return [
    `${scope}: nginx has no rate of ${limit} in ${durationWord(windowMs)}: ${word}, of which it makes ${perMinute} a minute, is ${much}.`,
  ]
}

const known: Readonly<Record<string, Key>> = {
  ip: { lines: [], variable: '$binary_remote_addr' },
  integration: {
    lines: [
      `map $uri $onset_integration { "~/integrations/v1/[^/]+/(?<onset_token>[^/]+)" $onset_token; default ""; }`,
    ],
    variable: '$onset_integration',
  },
  organization: {
    lines: ['map $uri $onset_organization { ~/integrations/v1/ one; default ""; }'],
    variable: '$onset_organization',
    remark:
      'organization: no request says whose it is, so all that go through this proxy are taken to be of one.',
  },
  apiKey: {
    lines: ['map $uri $onset_api_key { ~/api/v1/ $http_authorization; default ""; }'],
    variable: '$onset_api_key',
  },
}

function keyOf(scope: string): Key {
  const key = Object.hasOwn(known, scope) ? known[scope] : undefined
  if (key) return key
  const variable = `$REPLACE_${wordOf(scope)}`
  const remark = `${scope}: put what holds its value in the place of ${variable}, such as $http_x_api_key; nginx refuses to start until then.`
  return { lines: [], variable, remark }
}

function wordOf(scope: string): string {
  return scope.replaceAll(/\W/g, '_')
}
