import { expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../lib/simulate/index.ts'
import { parseTargetConfig, startTarget, type TargetConfigInput } from '../../lib/target/index.ts'
import { createServiceQueue, type Service, serviceSchema } from '../../lib/target/service.ts'
import { until } from '../fire/run-kit.ts'
import { send } from './client.ts'

const service = (parts: Record<string, unknown>): Service =>
  serviceSchema.parse({ model: 'constant', meanMs: 10, ...parts })

test('requests are served first come, first served, by whoever is free first', () => {
  const queue = createServiceQueue(service({ workers: 2 }))
  expect([0, 1, 2, 3, 30].map((ms) => queue.arrive(ms))).toEqual([10, 11, 20, 21, 40])
})

test('one more than may wait is turned away, and costs nothing', () => {
  const queue = createServiceQueue(service({ maxQueue: 1 }))
  expect([0, 1, 2, 10.5, 11].map((ms) => queue.arrive(ms))).toEqual([10, 20, undefined, 30, undefined])
  const withoutQueue = createServiceQueue(service({ maxQueue: 0 }))
  expect([0, 9, 10].map((ms) => withoutQueue.arrive(ms))).toEqual([10, undefined, 20])
})

test.each([
  [{ model: 'constant' }, 0],
  [{ model: 'exponential' }, 1],
  [{ model: 'lognormal', sigma: 0.5 }, Math.sqrt(Math.exp(0.25) - 1)],
])('service times of %j have their mean and their spread, and depend on the seed alone', (model, spread) => {
  const count = 100_000
  const times = (seed: number) => {
    const queue = createServiceQueue(service({ ...model, seed }))
    // So far apart that nobody waits.
    return Array.from({ length: count }, (_, k) => (queue.arrive(k * 1e6) as number) - k * 1e6)
  }
  const drawn = times(1)
  const mean = drawn.reduce((sum, ms) => sum + ms, 0) / count
  const deviation = Math.sqrt(drawn.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / count)
  expect(Math.abs(mean - 10)).toBeLessThan((4 * 10 * spread) / Math.sqrt(count) + 1e-6)
  expect(deviation / 10).toBeCloseTo(spread, 1)
  expect(times(1)).toEqual(drawn)
  if (spread > 0) expect(times(2)).not.toEqual(drawn)
})

test.each([
  [1, 0.5],
  [1, 0.8],
  [4, 0.8],
  [16, 0.9],
])(
  'with Poisson arrivals %i workers at a load of %f are M/M/c: waits and latencies are those of theory',
  (workers, load) => {
    const meanMs = 20
    const batches = 50
    const each = 20_000
    const queue = createServiceQueue(service({ model: 'exponential', meanMs, workers, seed: 11 }))
    const random = seededRandom(7)
    let nowMs = 0
    const measured = Array.from({ length: batches }, () => {
      const latencies = new Float64Array(each)
      for (let k = 0; k < each; k++) {
        nowMs -= (meanMs / (load * workers)) * Math.log(1 - random())
        latencies[k] = (queue.arrive(nowMs) as number) - nowMs
      }
      latencies.sort()
      return {
        mean: latencies.reduce((sum, ms) => sum + ms, 0) / each,
        p99: latencies[Math.ceil(0.99 * each) - 1] as number,
      }
    }).slice(1)
    const theory = queueInTheory(workers, load, meanMs)
    for (const figure of ['mean', 'p99'] as const) {
      const { mean, standardError } = summary(measured.map((batch) => batch[figure]))
      // Batches are long against the queue's memory, so their means are all but independent.
      expect(Math.abs(mean - theory[figure])).toBeLessThan(4 * standardError)
      expect(standardError / theory[figure]).toBeLessThan(0.02)
    }
  },
)

/**
 * Mean and 99th percentile of the latency in M/M/c, from Erlang's delay formula (Kleinrock, Queueing
 * Systems I, 1975, section 3.4): who waits, waits exponentially, and is then served exponentially.
 */
function queueInTheory(workers: number, load: number, meanMs: number) {
  const offered = load * workers
  let term = 1
  let sum = 0
  for (let k = 0; k < workers; k++) {
    sum += term
    term *= offered / (k + 1)
  }
  const waits = term / (1 - load) / (sum + term / (1 - load))
  const [served, caughtUp] = [1 / meanMs, (workers * (1 - load)) / meanMs]
  const beyond = (ms: number) => {
    const [alone, queued] = [Math.exp(-served * ms), Math.exp(-caughtUp * ms)]
    const both =
      Math.abs(served - caughtUp) < 1e-9
        ? (1 + served * ms) * alone
        : (caughtUp * alone - served * queued) / (caughtUp - served)
    return (1 - waits) * alone + waits * both
  }
  let [low, high] = [0, 1e6]
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (beyond(middle) > 0.01) low = middle
    else high = middle
  }
  return { mean: meanMs + waits / caughtUp, p99: low }
}

function summary(values: number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) }
}

/** The link of an integration of a target with such workers. */
async function linkTo(config: TargetConfigInput): Promise<string> {
  const there = { id: 'C1', organization: 'onset', name: 'there', token: 'there' }
  const parsed = parseTargetConfig({ integrations: [there], ...config })
  if (!parsed.valid) throw new Error(parsed.mistakes.join('; '))
  const target = await startTarget(parsed.config, 0)
  onTestFinished(target.close)
  return `${target.url}/integrations/v1/formatted_webhook/there/`
}

/** Longer than any test: who is served so long is not answered before the target is closed. */
const endless = { model: 'constant', meanMs: 600_000 } as const

/** Sends alerts together; says what each that is answered meets, in the order of the answers. */
function alertTogether(
  link: string,
  count: number,
): { met: number[]; answered(least: number): Promise<void> } {
  const met: number[] = []
  for (let k = 0; k < count; k++) {
    // The closing target ends those that still wait.
    send('POST', link, { body: {} }).then(
      ({ status }) => met.push(status),
      () => undefined,
    )
  }
  return { met, answered: (least) => until(() => met.length >= least) }
}

test('the target answers when a request has been served, and not before', async () => {
  const link = await linkTo({ service: { model: 'constant', meanMs: 40 } })
  const startedMs = performance.now()
  const { met, answered } = alertTogether(link, 3)
  await answered(1)
  // An answer may leave half a millisecond early. One worker: the third has waited for both others.
  expect(performance.now() - startedMs).toBeGreaterThan(39)
  await answered(3)
  expect(performance.now() - startedMs).toBeGreaterThan(119)
  expect(met).toEqual([200, 200, 200])
})

test('who would have to wait beyond the bound is answered 503', async () => {
  const link = await linkTo({ service: { ...endless, workers: 2, maxQueue: 1 } })
  const { met, answered } = alertTogether(link, 5)
  await answered(2)
  expect(met).toEqual([503, 503])
})

test('where limits are asked first, what they refuse waits for nobody', async () => {
  const limits = { integration: { limit: 1 } }
  const first = alertTogether(await linkTo({ limits, service: { ...endless, limitsFirst: true } }), 3)
  await first.answered(2)
  expect(first.met).toEqual([429, 429])
  const last = alertTogether(await linkTo({ limits, service: { model: 'constant', meanMs: 1 } }), 3)
  await last.answered(3)
  expect(last.met).toEqual([200, 429, 429])
})

test('mistakes in a service are told with their place', () => {
  const mistakes = (input: unknown) => {
    const parsed = parseTargetConfig({ service: input })
    return parsed.valid ? [] : parsed.mistakes.map((mistake) => mistake.split(':')[0])
  }
  expect(mistakes({ model: 'constant', meanMs: 5 })).toEqual([])
  expect(mistakes({ model: 'pareto', meanMs: 5 })).toEqual(['service.model'])
  expect(mistakes({ model: 'constant', meanMs: 0, workers: 0.5, sigma: 1 })).toEqual([
    'service.meanMs',
    'service.workers',
    'service',
  ])
  expect(mistakes({ model: 'lognormal', meanMs: 5 })).toEqual(['service.sigma'])
})
