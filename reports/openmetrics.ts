import type { Result } from '../lib/result/index.ts'

type Labels = Readonly<Record<string, string | number>>
type Sample = readonly [labels: Labels, value: number]

/**
 * A result as OpenMetrics text, for a gateway or a file that is scraped. A verdict is a state set: 1 at
 * the one that holds, 0 at the others. Latencies are in seconds, as metrics are.
 */
export function renderOpenmetrics(result: Result): string {
  const { limits, latency = [], coverage = {}, run } = result
  const states = (name: string, verdict: string, labels: Labels): Sample[] =>
    (['pass', 'fail', 'inconclusive'] as const).map((each) => [
      { ...labels, [name]: each },
      Number(each === verdict),
    ])
  const outcomes = (['accepted', 'limited', 'unknown'] as const).flatMap((outcome): Sample[] =>
    coverage[outcome] === undefined ? [] : [[{ outcome }, coverage[outcome]]],
  )
  const families = [
    family('onset_verdict', 'stateset', 'What the run showed.', states('onset_verdict', result.verdict, {})),
    family(
      'onset_limit_verdict',
      'stateset',
      'What the run showed about a limit.',
      limits.flatMap(({ name, scope, verdict }) =>
        states('onset_limit_verdict', verdict, { limit: name, scope }),
      ),
    ),
    family(
      'onset_limit_promised',
      'gauge',
      'Units that the spec allows in a window.',
      limits.map(
        ({ name, scope, limit, windowSeconds }): Sample => [
          { limit: name, scope, window_seconds: windowSeconds },
          limit,
        ],
      ),
    ),
    family(
      'onset_accepted_before_refusal',
      'gauge',
      'Accepted in the window of the first refusal, at least and at most.',
      limits.flatMap(({ name, onset }): Sample[] =>
        (onset?.acceptedBefore ?? []).map((count, index) => [
          { limit: name, bound: index === 0 ? 'least' : 'most' },
          count,
        ]),
      ),
    ),
    family('onset_requests', 'gauge', 'Requests that were judged, by their outcome.', outcomes),
    family(
      'onset_latency_seconds',
      'summary',
      'From the sending to the last byte.',
      latency.flatMap(({ descriptor, outcome, count, p50, p90, p99, p999 }) => {
        const labels = { descriptor, outcome }
        const at = (quantile: string, ms: number): Sample => [{ ...labels, quantile }, ms / 1000]
        return [at('0.5', p50), at('0.9', p90), at('0.99', p99), at('0.999', p999), [labels, count] as Sample]
      }),
    ),
    family(
      'onset_run_start_time_seconds',
      'gauge',
      'When the run began.',
      run?.startedAt ? [[{}, Date.parse(run.startedAt) / 1000]] : [],
    ),
  ]
  return `${families.join('')}# EOF\n`
}

function family(
  name: string,
  type: 'stateset' | 'gauge' | 'summary',
  help: string,
  samples: readonly Sample[],
): string {
  if (samples.length === 0) return ''
  const unit = name.endsWith('_seconds') ? `# UNIT ${name} seconds\n` : ''
  const lines = samples.map(([labels, value]) => {
    // A sample of a summary without a quantile is how many there were.
    const suffix = type === 'summary' && labels.quantile === undefined ? '_count' : ''
    return `${name}${suffix}${labelText(labels)} ${value}\n`
  })
  return `# TYPE ${name} ${type}\n${unit}# HELP ${name} ${help}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
