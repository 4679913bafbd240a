import { setTimeout as after } from 'node:timers/promises'
import { createOncall, type Fixture } from '../oncall/index.ts'
import type { Answer, Warning } from '../result/index.ts'
import {
  clientsOf,
  type Interruption,
  introduceKeys,
  keepSilent,
  keyDescriptor,
  noteLasting,
  openRecording,
  type RaisedTarget,
  raiseTarget,
  setupDescriptor,
  type TargetChoice,
  type Watcher,
} from '../run/index.ts'
import type { Spec } from '../spec/index.ts'
import { TargetStartError } from '../target/index.ts'
import { createAsk } from './ask.ts'
import { type Book, type Counts, createBook } from './book.ts'
import { conductInquiry } from './conduct.ts'
import type { Exchange } from './exchange.ts'
import { nobodyDescriptor } from './experiments/authentication.ts'
import { createHoldings } from './holdings.ts'
import { type Inquiry, planInquiry, type Step } from './inquiry.ts'
import { makeStranger } from './make-stranger.ts'
import { type Proven, provenOfIntegrations } from './proven.ts'
import type { QuestionId } from './questions.ts'
import { alertScopes, limitOf, type OtherKeys, type Site } from './site.ts'
import { keyDescriptors } from './whose-limit.ts'

/** Who is to be asked what, and what that may use up. */
export interface Commission {
  id: string
  /** Where the history is written. */
  historyPath: string
  spec: Spec
  target: Exclude<TargetChoice, { kind: 'http' }>
  otherKeys: OtherKeys
  questions: ReadonlySet<QuestionId>
  /** No more requests are sent than that, whatever the questions need; clean-up aside. */
  maxRequests: number
  /** How long nothing is sent first, so that nothing from before counts. */
  quietMs: number
}

/** What came of it. */
export interface Inquired {
  answers: Answer[]
  /** All exchanges of the questions themselves, in the order of their lines. */
  exchanges: Exchange[]
  /** All other requests to the API, of which headers and bodies are not kept. */
  beside: Exchange[]
  /** What the answers prove of limits, by their names. */
  proven: Record<string, Proven>
  unasked: Inquiry['unasked']
  /** What kept it from being carried out, as a sentence. */
  problem?: string
  url?: string
  /** All requests that were sent, by what they met. */
  requests: Counts
  warnings: Warning[]
  startedAtMs: number
  endedAtMs: number
}

/** Whoever watches an inquiry. Must not throw. */
export interface InquiryWatcher extends Pick<Watcher, 'onPhase'> {
  onStep(step: Step): void
}

/** Longest wait for an answer. */
const timeoutMs = 10_000

/**
 * Asks a platform: target, keys, integrations that lead nowhere, experiments, clean-up; every request is
 * recorded live. Ends what it started, however it ends.
 * @throws {HistoryFileError} where the history cannot be begun.
 */
export async function carryOutInquiry(
  commission: Commission,
  watcher: InquiryWatcher,
  interruption: Interruption,
): Promise<Inquired> {
  const { id, spec, target: choice, otherKeys, historyPath } = commission
  const inquiry = planInquiry({ limits: spec.limits, otherKeys }, commission.questions)
  const startedAtMs = Date.now()
  const warnings: Warning[] = []
  const recording = openRecording(historyPath, {
    tool: 'onset conform',
    startedAtMs,
    clockSlackMs: 1,
    outcomes: spec.outcomes,
    descriptors: [
      ...inquiry.integrations.map(({ descriptor }) => ({
        name: descriptor,
        scopes: alertScopes(descriptor),
      })),
      keyDescriptor,
      setupDescriptor,
      ...Object.values(keyDescriptors).map((name) => ({ name, scopes: { apiKey: name } })),
      { name: nobodyDescriptor, scopes: {} },
    ],
  })
  const book = createBook(recording, spec)
  const forget = await noteLasting({ id, target: choice }, warnings)
  const inquired: Inquired = {
    answers: [],
    exchanges: book.exchanges,
    beside: book.beside,
    proven: {},
    unasked: inquiry.unasked,
    requests: book.counts,
    warnings,
    startedAtMs,
    endedAtMs: startedAtMs,
  }
  let target: RaisedTarget | undefined
  try {
    target = await raiseTarget(choice)
    watcher.onPhase({ phase: 'target-ready', url: target.url, embedded: !target.lasting })
    inquired.url = target.url
    await inquire(commission, inquiry, target, book, inquired, watcher, interruption)
  } catch (error) {
    if (!(error instanceof TargetStartError)) throw error
    inquired.problem = `${error.message}.`
  } finally {
    await target?.stop()
    await recording.end(
      interruption.stop.aborted ? 'interrupted' : inquired.problem ? 'not-started' : 'finished',
    )
  }
  if (target?.gone.aborted) inquired.problem ??= target.gone.reason as string
  if (recording.failure) inquired.problem ??= recording.failure.message
  if (!warnings.some(({ code }) => code === 'left-behind')) await forget?.()
  return { ...inquired, endedAtMs: Date.now() }
}

async function inquire(
  commission: Commission,
  inquiry: Inquiry,
  target: RaisedTarget,
  book: Book,
  inquired: Inquired,
  watcher: InquiryWatcher,
  interruption: Interruption,
): Promise<void> {
  const { id, spec, otherKeys, maxRequests, quietMs } = commission
  const spent = new AbortController()
  const signal = AbortSignal.any([interruption.stop, target.gone, spent.signal, book.failed])
  const clients = clientsOf(target, book.recordBeside)
  const rest = async (ms: number) => {
    if (ms <= 0 || signal.aborted) return
    await after(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
  const unknown = await introduceKeys(clients, watcher, signal)
  if (unknown) {
    inquired.problem = unknown.sentence
    return
  }
  if (!(await keepSilent(quietMs, watcher, signal))) return
  const holding = { id, lasting: target.lasting, spec, watcher, interruption, signal }
  const holdings = createHoldings(clients.setup, holding)
  const strange = { ...clients.tested, apiKey: otherKeys.otherOrganization ?? '' }
  const abroad = createHoldings({ ...strange, descriptor: keyDescriptors.otherOrganization }, holding)
  const first = inquiry.integrations.filter((one) => !one.onTheWay && !one.inOtherOrganization)
  const descriptors = first.map(({ descriptor }) => descriptor)
  watcher.onPhase({ phase: 'making-fixtures', runId: id, descriptors })
  try {
    const made = await holdings.make(first)
    if (!made.ok) {
      inquired.problem = made.problem.sentence
      return
    }
    watcher.onPhase({ phase: 'fixtures-ready', descriptors, own: true, loud: false })
    const foreign = inquiry.integrations.find((one) => one.inOtherOrganization)
    const ours = createOncall({ ...clients.setup, signal })
    const stranger = foreign && (await makeStranger(abroad, foreign, ours))
    const fixtures = stranger?.ok ? [...made.value, stranger.fixture] : made.value
    const keepBudget = () => {
      if (book.counts.records >= maxRequests) {
        spent.abort(`The budget of ${maxRequests} requests was used up.`)
      }
    }
    const ask = createAsk({
      origins: originsOf(target, fixtures),
      outcomes: spec.outcomes,
      secrets: secretsOf(target, fixtures, otherKeys),
      record: book.record,
      timeoutMs,
      signal,
    })
    const site: Site = {
      ask: async (request) => {
        keepBudget()
        const exchange = await ask(request)
        book.exchanges.push(exchange)
        return exchange
      },
      url: target.url,
      apiKey: target.apiKey,
      stackUrl: target.stackUrl,
      otherKeys,
      fixtures: new Map(made.value.map((fixture) => [fixture.descriptor, fixture])),
      async add(descriptor) {
        keepBudget()
        const added = await holdings.make(
          inquiry.integrations.filter((needed) => needed.descriptor === descriptor),
        )
        return added.ok
          ? { ok: true, fixture: added.value[0] as Fixture }
          : { ok: false, why: added.problem.sentence }
      },
      stranger,
      runId: id,
      limits: spec.limits,
      clockDriftPpm: spec.clockDriftPpm,
      exchanges: () => [...book.beside, ...book.exchanges],
      rest,
      signal,
    }
    inquired.answers = await conductInquiry(inquiry, site, watcher.onStep)
    book.exchanges.sort((a, b) => a.line - b.line)
    const limit = limitOf(site, 'integration')
    const { answers, exchanges } = inquired
    const proven = limit && provenOfIntegrations(exchanges, answers, limit, spec.clockDriftPpm)
    if (proven) inquired.proven[limit.name] = proven
  } finally {
    for (const { doubts, clear } of [holdings, abroad]) inquired.warnings.push(...doubts, ...(await clear()))
  }
}

function originsOf({ url, ingestUrl }: RaisedTarget, fixtures: readonly Fixture[]): string[] {
  const addresses = [
    url,
    ...(ingestUrl === undefined ? [] : [ingestUrl]),
    ...fixtures.map(({ link }) => link),
  ]
  return [...new Set(addresses.map((address) => new URL(address).origin))]
}

function secretsOf(
  { apiKey, setupKey }: RaisedTarget,
  fixtures: readonly Fixture[],
  otherKeys: OtherKeys,
): string[] {
  const keys = [apiKey, setupKey, ...Object.values(otherKeys)]
  return [...keys, ...fixtures.map(({ token }) => token)].filter((secret) => secret !== undefined)
}
