import { outcomeNames } from '../history/index.ts'
import { limitedBy } from '../oncall/index.ts'
import type { HeaderFindings } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Exchange } from './exchange.ts'
import { headerFindings, type MalformedField, type Observed, truthFindings } from './headers/index.ts'
import type { Proven } from './proven.ts'
import { alertScopes } from './site.ts'
import { alertsInPayload } from './weighing.ts'

/** What is known of an inquiry to judge the words of its answers by. */
export interface Inquiry {
  /** All exchanges of its questions. */
  exchanges: readonly Exchange[]
  /** All other requests of it to the API, of which the words are not kept. */
  beside: readonly Exchange[]
  limits: readonly Limit[]
  /** What it has proven of limits, by their names. */
  proven: Readonly<Record<string, Proven>>
}

/** What all answers say of limits: held against the rules, and against what happened. */
export function headerResult({ exchanges, beside, limits, proven }: Inquiry): HeaderFindings {
  const observed = exchanges.map(observedIn)
  const all = [...observed, ...beside.map(observedIn)]
  const using = usingAny(all)
  const longestMs = Math.max(0, ...limits.map(({ window }) => window))
  const { dialects, malformed, rules } = headerFindings(observed, longestMs || undefined)
  const truths = limits.flatMap(({ scope, name, algorithm, foreignTraffic }) => {
    const met = all.filter(({ scopes }) => scopes.some((key) => key.startsWith(`${scope}:`)))
    const measured = { algorithms: algorithm, foreignTraffic }
    const against = { ...proven[name], isAbout: isAbout(scope), provenBy: provenBy(scope) }
    return truthFindings(met, measured, against, using).map((finding) => ({
      ...finding,
      limit: name,
    }))
  })
  return {
    dialect: dialects.length === 0 ? 'none' : dialects.map(({ dialect }) => dialect).join(', '),
    findings: [
      ...rules.map(({ rule, level, state, lines, sentence, source }) => ({
        rule: `rule ${rule}`,
        level,
        state,
        message: `${sentence} (${source})`,
        ...(lines.length > 0 && { records: lines }),
      })),
      ...malformedOnce(malformed).map(({ line, field, value, at, expected, found }) => ({
        rule: field,
        level: 'must' as const,
        state: 'broken' as const,
        message: `"${value}" cannot be read: at character ${at + 1} expected ${expected}, found ${found}`,
        records: [line],
      })),
      ...truths.map(({ claim, verdict, lines, sentence, settledBy, limit }) => ({
        rule: `${claim}, ${limit}`,
        level: 'measurement' as const,
        state:
          verdict === 'true'
            ? ('holds' as const)
            : verdict === 'untrue'
              ? ('broken' as const)
              : ('not-testable' as const),
        message: settledBy === undefined ? sentence : `${sentence} What would settle it: ${settledBy}`,
        ...(lines.length > 0 && { records: lines }),
      })),
    ],
  }
}

/** Whether the name of a policy says that it is about a limit of this scope. */
function isAbout(scope: string): (policyName: string) => boolean | undefined {
  return (policyName) => {
    const named = limitedBy(429, policyName)
    return named === undefined ? undefined : named === scope
  }
}

function provenBy(scope: string): string {
  return scope === 'integration'
    ? 'asking "what counts" or "concurrency" as well, and "isolation" where refusals do not say which limit refused: that proves it'
    : '"onset verify" proves it, and whoever reads that can hold it against the fields'
}

/** Whose a limit is, is in question as well: each request may have used up all of its kind. */
function usingAny(observed: readonly Observed[]): Observed[] {
  const keysOf = (isApi: boolean) => [
    ...new Set(observed.flatMap(({ scopes }) => scopes.filter((key) => key.startsWith('apiKey:') === isApi))),
  ]
  const [api, alerts] = [keysOf(true), keysOf(false)]
  return observed.map((one) => ({
    ...one,
    scopes: one.scopes.length === 0 ? [] : one.scopes[0]?.startsWith('apiKey:') ? api : alerts,
  }))
}

/** Each way of being malformed once: all answers of a server have the same. */
function malformedOnce(all: readonly MalformedField[]): MalformedField[] {
  const seen = new Map<string, MalformedField>()
  for (const one of all) {
    const key = [one.field, one.expected].join()
    if (!seen.has(key)) seen.set(key, one)
  }
  return [...seen.values()]
}

/** Whole milliseconds are rounded down, of a clock that may be slewed against the exact one meanwhile. */
const wholeSlackMs = 20

function instantsOf({ sentMs, receivedMs, exactMs }: Exchange): Pick<Observed, 'sentMs' | 'receivedMs'> {
  return exactMs
    ? { sentMs: exactMs.sent, receivedMs: exactMs.received }
    : { sentMs: sentMs - wholeSlackMs, receivedMs: receivedMs + wholeSlackMs }
}

/** Whether these count is what other questions are about. */
const uncertain: ReadonlySet<Exchange['kind']> = new Set(['heartbeat', 'malformed', 'get', 'other'])

function observedIn(exchange: Exchange): Observed {
  const { line, descriptor, kind, status, headers, body, outcome, limitedBy } = exchange
  const scopes =
    kind === 'list'
      ? [`apiKey:${descriptor}`]
      : kind === 'other'
        ? []
        : Object.entries(alertScopes(descriptor)).map(([scope, value]) => `${scope}:${value}`)
  const named = outcomeNames[outcome]
  return {
    line,
    status,
    ...instantsOf(exchange),
    headers,
    body,
    outcome: uncertain.has(kind) && named !== 'limited' ? 'unknown' : named,
    scopes,
    limitedBy: scopes.find((key) => key.startsWith(`${limitedBy}:`)),
    ...(kind === 'several-alerts' && { cost: alertsInPayload }),
  }
}
