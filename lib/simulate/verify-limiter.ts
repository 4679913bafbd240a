import { blame } from '../check/blame.ts'
import { CaseFile } from '../check/evidence/case-file.ts'
import { judge } from '../check/index.ts'
import { judgeExplained } from '../check/judge-explained.ts'
import { jointCertificate, resultCertificate } from '../check/words/result-certificate.ts'
import type { Certificate } from '../result/index.ts'
import type { Arrival } from './arrival.ts'
import type { CreateLimiter } from './decide.ts'
import { describeFailure, inCalls } from './failure-message.ts'
import { type LimiterRun, runLimiter } from './limiter-runs.ts'
import { type Promised, parseLimitsUnderTest } from './limits-under-test.ts'
import type { LimitUnderTest } from './promised-limit.ts'
import { drawPromisedTraffic } from './promised-traffic.ts'
import { seededRandom } from './random.ts'
import { closestReference, type Enforced, wayThatAnswersSo } from './reference.ts'
import { type Attempt, shrink } from './shrink.ts'
import type { CallCertificate, Verification, VerificationFailed, VerifyOptions } from './verification.ts'
import { type Plan, parseVerifyOptions } from './verify-options.ts'

/** How many windows a limiter may take for an answer. */
const patienceWindows = 10

/** Other limits are refuted by comparing instants: no clock drifts in a simulation. */
const clockDriftPpm = 0

/** What a try to make a failure small may cost in searches over orders: a tenth of what judging may. */
const workOfTry = 100_000

/** A run that failed. */
interface Failure extends Attempt {
  run: LimiterRun
  certificate: Certificate
  /** The broken limits, by their place in the list. */
  limits: number[]
  /** What was seen instead of the limits, in words. */
  explanation: string
}

/** What a history says that does not fail. */
interface NotFailed {
  /** Why it does not pass, or nothing where it does; `undefined` where it was not compared. */
  judged: { reason: string | undefined } | undefined
  /** The correct limiter that answers so, where one does. */
  way: readonly Enforced[] | undefined
}

/**
 * Looks for requests that a limiter decides otherwise than its limits say. It draws traffic that fills the
 * limits, watches them recover and fills them again, asks the limiter on a fake clock, and judges the
 * recorded history as that of a server is judged: a failure is proven by a certificate, whatever of the
 * algorithm is left open. A failure is then made small.
 *
 * @param create makes a limiter; each history gets a new one. A plain function of key, cost and time is
 *   handed over as `() => limiter` where it keeps nothing, else as a function that makes it.
 * @param limits what the limiter promises: one limit or several, each for every key by itself or as `per`
 *   says. A request is to be let through iff all of them let it through.
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
  const promised = parseLimitsUnderTest(limits)
  const plan = parseVerifyOptions(options, promised)
  const seeds = seededRandom(plan.seed)
  const reasons: Record<string, number> = {}
  let passed = 0
  let explained = 0
  // A limiter mostly answers as the same correct one in all histories, so that one is tried first.
  let likely: readonly Enforced[] | undefined
  for (let history = 1; history <= plan.histories; history++) {
    const random = seededRandom(drawSeed(seeds))
    const arrivals = plan.traffic ?? drawPromisedTraffic(plan, promised, random)
    const limiterSeed = plan.traffic ? plan.seed : drawSeed(random)
    const isCompared = history <= plan.compared
    const found = await tryLimiter(create, arrivals, promised, { seed: limiterSeed, likely, isCompared })
    if ('failure' in found) {
      const given = Array.isArray(limits) ? limits : [limits]
      return madeSmall(create, found.failure, { promised, given, plan, limiterSeed, history })
    }
    const { judged, way } = found
    likely = way ?? likely
    if (!judged) explained++
    else if (judged.reason === undefined) passed++
    else reasons[judged.reason] = (reasons[judged.reason] ?? 0) + 1
  }
  const { histories, seed } = plan
  const inconclusive = histories - passed - explained
  return { ok: true, histories, passed, inconclusive, explained, reasons, seed }
}

function drawSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 32)
}

async function tryLimiter(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  promised: Promised,
  { seed, likely, isCompared }: { seed: number; likely: NotFailed['way']; isCompared: boolean },
): Promise<{ failure: Failure } | NotFailed> {
  const run = await runLimiter(create, arrivals, runOptions(promised, seed))
  const spec = { limits: [...promised.limits], clockDriftPpm }
  // Most histories are what a correct limiter answers in this very order: that is a witness at no cost.
  const way = wayThatAnswersSo(run.calls, promised, likely)
  if (way) {
    const compare = () => judgeExplained(run.history, spec).find((why) => why !== undefined)
    return { judged: isCompared ? { reason: compare() } : undefined, way }
  }
  const { verdict, limits, certificates } = judge(run.history, spec)
  if (verdict !== 'fail') {
    const { reason } = limits.find((result) => result.verdict !== 'pass') ?? {}
    return { judged: { reason }, way }
  }
  const broken = limits.findIndex(({ certificate }) => certificate !== undefined)
  const { certificate = certificates[0], explanation, seen } = limits[broken] ?? {}
  const together = certificates[0]?.limits ?? []
  // What each would be, if it were the broken one.
  const either = limits.flatMap((one) => (one.reason === 'several-limits' ? (one.seen?.words ?? []) : []))
  const failure = {
    arrivals,
    run,
    certificate: certificate as Certificate,
    limits: broken >= 0 ? [broken] : together.map((name) => limits.findIndex((one) => one.name === name)),
    explanation:
      seen?.words ??
      explanation ??
      (either.join('; or ') || 'The limits do not explain it together, by no other number of one of them.'),
  }
  return { failure: { ...failure, named: namedBy(failure.certificate, arrivals, run) } }
}

/**
 * Does the limiter fail on these arrivals as well, by breaking the same limits? Only that is asked,
 * hundreds of times: what else would explain the history, which {@link judge} looks for, is of no use
 * here. What cannot be simulated does not fail in the same way.
 */
async function stillFailing(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  promised: Promised,
  first: Failure,
  seed: number,
): Promise<Failure | undefined> {
  let run: LimiterRun
  try {
    run = await runLimiter(create, arrivals, runOptions(promised, seed))
  } catch {
    return undefined
  }
  // What a correct limiter answers in this very order is explained, so that no order has to be searched.
  if (wayThatAnswersSo(run.calls, promised)) return undefined
  const file = new CaseFile(run.history, promised.limits, clockDriftPpm)
  file.toRefute.left = workOfTry
  const certificate = certificateAgainst(file, first.limits)
  if (!certificate) return undefined
  // What many requests show of the limit that is there, few no longer do: its words are kept.
  const { limits, explanation } = first
  return { arrivals, named: namedBy(certificate, arrivals, run), run, certificate, limits, explanation }
}

/** A certificate that says that just these limits are broken, if the history gives one. */
function certificateAgainst(file: CaseFile, limits: readonly number[]): Certificate | undefined {
  const { guilty, proofs, together, joint } = blame(file)
  const [first, ...others] = limits
  if (first === undefined) return undefined
  if (others.length === 0) {
    const against = proofs.get(first)
    return guilty.has(first) && against ? resultCertificate(file, first, against) : undefined
  }
  if (together.join() !== limits.join()) return undefined
  const against = proofs.get(first)
  if (joint) return { ...jointCertificate(file, joint), kind: 'several-limits' }
  return against && { ...resultCertificate(file, first, against), kind: 'several-limits' }
}

function runOptions({ limits, scopesOf }: Promised, seed: number) {
  return { seed, scopesOf, patienceMs: patienceWindows * longestWindow(limits) }
}

function longestWindow(limits: Promised['limits']): number {
  return Math.max(...limits.map(({ window }) => window))
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

/** What a failure was found with. */
interface About {
  promised: Promised
  given: readonly LimitUnderTest[]
  plan: Plan
  limiterSeed: number
  history: number
}

async function madeSmall(create: CreateLimiter, first: Failure, about: About): Promise<VerificationFailed> {
  const { promised, plan, limiterSeed } = about
  if (plan.traffic) return verificationFailed(first, about, { tries: 0, complete: true })
  const { smallest, ...shrinking } = await shrink(
    first,
    (fewer) => stillFailing(create, fewer, promised, first, limiterSeed),
    longestWindow(promised.limits),
    plan.shrinkTries,
  )
  return verificationFailed(smallest, about, shrinking)
}

function verificationFailed(
  { run, arrivals, certificate, limits, explanation }: Failure,
  { promised, given, plan, limiterSeed, history }: About,
  shrinking: VerificationFailed['shrinking'],
): VerificationFailed {
  const { calls, lineOfCall, overlapped, drewRandom } = run
  const reference = closestReference(calls, promised)
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
    seed: plan.seed,
    history,
    limits,
    calls,
    traffic: arrivals.map((arrival) => ({ ...arrival })),
    expected: reference.allowed,
    explanation,
    certificate: inWords,
    shrinking,
  }
  // Calls one after another only show it again where nothing else decided what was answered.
  const sequential = !overlapped && !drewRandom
  const context = { limits: promised.limits, given, reference, limiterSeed, sequential }
  return { ...failure, message: describeFailure(failure, context) }
}
