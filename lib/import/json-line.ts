import { notJson } from './line-mistake.ts'
import { UnusableLine } from './text-lines.ts'

/** The object that a line is. */
export function jsonObject(text: string, line: number): Readonly<Record<string, unknown>> {
  return objectOf(text, line)
}

/** The same with numbers as texts, as they were written: 0.010 says more than 0.01 does. */
export function jsonAsWritten(text: string, line: number): Readonly<Record<string, unknown>> {
  return objectOf(text, line, (_, value, context) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  )
}

/** Under these names autocannon tells sums and percentiles of all requests together. */
const sums = ['requests', 'latency', 'throughput'] as const

/** Why no limit can be judged by what autocannon writes, and by what instead. */
export const onlySums =
  'what autocannon writes has sums and no single requests, so no limit can be judged by it; k6, vegeta, JMeter and the log of the server have each request'

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

function objectOf(text: string, line: number, reviver?: Reviver): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text, reviver)
  } catch (error) {
    const { column, expected } = notJson(line, text, error)
    throw new UnusableLine(expected, text, { column })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const object = value as Record<string, unknown>
    if (sums.every((name) => typeof object[name] === 'object' && object[name] !== null))
      throw new UnusableLine('an object for each request', text.slice(0, 200), { hint: onlySums })
    return object
  }
  throw new UnusableLine('an object', value)
}
