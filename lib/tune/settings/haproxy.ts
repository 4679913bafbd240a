import type { CandidateLimit } from '../candidate.ts'
import { durationWord, enforcedAs, otherAlgorithm, type Setting, withComments } from './setting.ts'

/** Where the value of a scope is found in a request, and for which requests. */
interface Key {
  sample: string
  condition: string
  remark?: string
}

/**
 * A stick table of HAProxy that keeps `http_req_rate` over the window: the requests of this period, and of
 * the last one as much as still lies within the window, which is a sliding counter. Whatever is tracked is
 * counted, refused or not.
 */
export function haproxySetting(limits: readonly CandidateLimit[]): Setting {
  const amountsTo = limits.map(
    (wanted): CandidateLimit =>
      enforcedAs(wanted, {
        algorithm: 'sliding-counter',
        limitedRequests: 'counted',
        chargedWhenRefused: 'counted',
      }),
  )
  const keys = limits.map(({ scope }) => keyOf(scope))
  const table = (index: number) => `onset_${index + 1}_${(limits[index] as CandidateLimit).scope}`
  const remarks = [
    'Refused requests are counted as well: who goes on sending too much stays refused.',
    ...otherAlgorithm(limits, ['sliding-counter'], 'a sliding counter'),
    'Its periods begin with the first request of each key, and not at multiples of their length as in the replay.',
    ...(limits.length > 3
      ? [
          'It tracks three limits: more need tune.stick-counters in the global section, which HAProxy 2.6 does not have.',
        ]
      : []),
    ...new Set(keys.flatMap(({ remark }) => remark ?? [])),
  ]
  const lines = [
    ...limits.flatMap(({ windowMs }, index) => [
      `backend ${table(index)}`,
      `  stick-table type string len 128 size 100k expire ${durationWord(2 * windowMs)} store http_req_rate(${durationWord(windowMs)})`,
    ]),
    '# in the frontend:',
    ...keys.map(
      ({ sample, condition }, index) =>
        `  http-request track-sc${index} ${sample} table ${table(index)}${condition}`,
    ),
    ...limits.map(
      ({ limit }, index) =>
        `  http-request deny deny_status 429 if { sc_http_req_rate(${index}) gt ${limit} }`,
    ),
  ]
  return {
    platform: 'HAProxy',
    file: 'haproxy.cfg',
    text: withComments('#', remarks, lines),
    amountsTo,
    remarks,
  }
}

const known: Readonly<Record<string, Key>> = {
  ip: { sample: 'src', condition: '' },
  integration: { sample: 'path,field(5,/)', condition: ' if { path_beg /integrations/v1/ }' },
  organization: {
    sample: 'str(one)',
    condition: ' if { path_beg /integrations/v1/ }',
    remark:
      'organization: no request says whose it is, so all that go through this proxy are taken to be of one.',
  },
  apiKey: { sample: 'req.hdr(authorization)', condition: ' if { path_beg /api/v1/ }' },
}

function keyOf(scope: string): Key {
  const key = Object.hasOwn(known, scope) ? known[scope] : undefined
  if (key) return key
  const sample = `REPLACE_${scope}`
  const remark = `${scope}: put what fetches its value in the place of ${sample}, such as req.hdr(x-api-key); HAProxy refuses to start until then.`
  return { sample, condition: '', remark }
}
