import { blame } from '../check/blame.ts'
import { CaseFile } from '../check/case-file.ts'
import { judge } from '../check/index.ts'
import { resultCertificate } from '../check/result-certificate.ts'
import type { Certificate } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Arrival } from './arrival.ts'
import type { CreateLimiter } from './decide.ts'
import { describeFailure, inCalls } from './failure-message.ts'
import { keyScope, parseLimitUnderTest } from './limit-under-test.ts'
import { type LimiterRun, runLimiter } from './limiter-runs.ts'
import type { LimitUnderTest } from './promised-limit.ts'
import { seededRandom } from './random.ts'
import { closestReference } from './reference.ts'
import { type Attempt, shrink } from './shrink.ts'
import { drawTraffic } from './traffic.ts'
import type { CallCertificate, Verification, VerificationFailed, VerifyOptions } from './verification.ts'
import { type Plan, parseVerifyOptions } from './verify-options.ts'

/** How many windows a limiter may take for an answer. */
const patienceWindows = 10

/** A run that failed. */
interface Failure extends Attempt {
  run: LimiterRun
  certificate: Certificate
  /** What was seen instead of the limit, in words. */
  explanation: string
}

/**
 * Looks for requests that a limiter decides otherwise than its limit says. It draws traffic that fills the
 * limit, watches it recover and fills it again, asks the limiter on a fake clock, and judges the recorded
 * history as that of a server is judged: a failure is proven by a certificate, whatever of the algorithm is
 * left open. A failure is then made small.
 *
 * @param create makes a limiter; each history gets a new one. A plain function of key, cost and time is
 *   handed over as `() => limiter` where it keeps nothing, else as a function that makes it.
 * @param limits what the limiter promises: one limit, which holds for each key by itself.
 * @returns how the histories were judged, or the first failure. The same seed gives the same result, as
 *   long as the limiter takes time and chance from what it is made with.
 * Rejects with a TypeError that names all mistakes in `limits` and `options`, and with an error that says at
 * which call, where the limiter throws, answers with something else than true or false, or never.
 */
export async function verifyLimiter(
  create: CreateLimiter,
  limits: LimitUnderTest | readonly LimitUnderTest[],
  options: VerifyOptions = {},
): Promise<Verification> {
  const limit = parseLimitUnderTest(limits)
  const plan = parseVerifyOptions(options, limit)
  const seeds = seededRandom(plan.seed)
  const reasons: Record<string, number> = {}
  let passed = 0
  for (let history = 1; history <= plan.histories; history++) {
    const random = seededRandom(drawSeed(seeds))
    const arrivals = plan.traffic ?? drawArrivals(plan, limit, random)
    const limiterSeed = plan.traffic ? plan.seed : drawSeed(random)
    const judged = await tryLimiter(create, arrivals, limit, limiterSeed)
    if ('failure' in judged) {
      // What many requests show of the limit that is there, few no longer do: its words are kept.
      const { explanation } = judged.failure
      const again = (fewer: readonly Arrival[]) =>
        stillFailing(create, fewer, limit, { seed: limiterSeed, explanation })
      const small = plan.traffic ? judged.failure : await shrink(judged.failure, again, limit.window)
      return verificationFailed(small, { limit, seed: plan.seed, limiterSeed, history })
    }
    if (judged.reason === undefined) passed++
    else reasons[judged.reason] = (reasons[judged.reason] ?? 0) + 1
  }
  const { histories, seed } = plan
  return { ok: true, histories, passed, inconclusive: histories - passed, reasons, seed }
}

function drawSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 32)
}

function drawArrivals(plan: Plan, limit: Limit, random: () => number): Arrival[] {
  const keys = plan.keys.slice(0, 1 + Math.floor(random() * plan.keys.length))
  const { highestCost, latencyMs } = plan
  const shape = { limit: limit.limit, windowMs: limit.window, keys, highestCost }
  // Whole milliseconds are what the limiter is told, and all that a person wants to read.
  return drawTraffic(shape, random)
    .slice(0, plan.requests)
    .map((arrival) => ({
      ...arrival,
      sentMs: Math.round(arrival.sentMs),
      thereMs: random() * latencyMs,
      backMs: random() * latencyMs,
    }))
}

async function tryLimiter(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  limit: Limit,
  seed: number,
): Promise<{ failure: Failure } | { reason: string | undefined }> {
  const run = await runLimiter(create, arrivals, runOptions(limit, seed))
  const { verdict, limits } = judge(run.history, { limits: [limit], clockDriftPpm: 0 })
  const [result] = limits
  if (verdict !== 'fail' || !result?.certificate)
    return { reason: verdict === 'pass' ? undefined : (result?.reason ?? 'unknown') }
  const { certificate, explanation, seen } = result
  const named = namedBy(certificate, arrivals, run)
  return { failure: { arrivals, named, run, certificate, explanation: seen?.words ?? explanation } }
}

/**
 * Does the limiter fail on these arrivals as well? Only that is asked, hundreds of times: what else
 * would explain the history, which {@link judge} looks for and which takes it long where many requests
 * meet in one instant, is of no use here. What cannot be simulated does not fail in the same way.
 */
async function stillFailing(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  limit: Limit,
  { seed, explanation }: { seed: number; explanation: string },
): Promise<Failure | undefined> {
  let run: LimiterRun
  try {
    run = await runLimiter(create, arrivals, runOptions(limit, seed))
  } catch {
    return undefined
  }
  // What a correct limiter answers in this very order is explained; to search all orders can take for ever.
  if (closestReference(run.calls, limit).differing === 0) return undefined
  const file = new CaseFile(run.history, [limit], 0)
  const { guilty, proofs } = blame(file)
  const against = proofs.get(0)
  if (!guilty.has(0) || !against) return undefined
  const certificate = resultCertificate(file, 0, against)
  return { arrivals, named: namedBy(certificate, arrivals, run), run, certificate, explanation }
}

function runOptions(limit: Limit, seed: number) {
  return { seed, scope: keyScope, patienceMs: patienceWindows * limit.window }
}

/** All records that the certificate speaks of, those of single steps among them. */
function recordsOf({ records, steps = [] }: Certificate): number[] {
  return [...new Set([...records, ...steps.flatMap((step) => step.records)])]
}

function namedBy(certificate: Certificate, arrivals: readonly Arrival[], run: LimiterRun): Arrival[] {
  const lines = new Set(recordsOf(certificate))
  const named = new Set(run.arrivalOfCall.filter((_, index) => lines.has(run.lineOfCall[index] as number)))
  return arrivals.filter((_, index) => named.has(index))
}

function verificationFailed(
  { run, arrivals, certificate, explanation }: Failure,
  about: { limit: Limit; seed: number; limiterSeed: number; history: number },
): VerificationFailed {
  const { calls, lineOfCall, overlapped, drewRandom } = run
  const reference = closestReference(calls, about.limit)
  const callNumbers = (records: readonly number[]) =>
    records.map((line) => lineOfCall.indexOf(line) + 1).sort((a, b) => a - b)
  const words = (text: string) => inCalls(text, lineOfCall)
  const inWords: CallCertificate = {
    kind: certificate.kind,
    calls: callNumbers(recordsOf(certificate)),
    why: words(certificate.why),
    steps: (certificate.steps ?? []).map(({ records, why }) => ({
      calls: callNumbers(records),
      why: words(why),
    })),
  }
  const failure = {
    ok: false as const,
    seed: about.seed,
    history: about.history,
    calls,
    traffic: arrivals.map((arrival) => ({ ...arrival })),
    expected: reference.allowed,
    explanation: explanation,
    certificate: inWords,
  }
  // Calls one after another only show it again where nothing else decided what was answered.
  const sequential = !overlapped && !drewRandom
  return { ...failure, message: describeFailure(failure, { ...about, reference, sequential }) }
}
