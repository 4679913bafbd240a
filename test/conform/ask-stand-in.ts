import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Commission,
  carryOutInquiry,
  headerResult,
  type Inquired,
  type OtherKeys,
  type QuestionId,
  questions,
  withOtherKeys,
} from '../../lib/conform/index.ts'
import { type Spec, specSchema } from '../../lib/spec/index.ts'
import type { TargetConfigInput } from '../../lib/target/index.ts'
import { claimTruthOf, type Switch, specLimits, specWindowMs, truthOf } from './switches.ts'

type Scope = keyof typeof specLimits

/** The spec that the stand-in is asked by, whatever it does. */
export function testSpec(
  windowMs = specWindowMs,
  limits: Readonly<Record<Scope, number>> = specLimits,
): Spec {
  return specSchema.parse({
    limits: Object.entries(limits).map(([scope, limit]) => ({
      name: `limit per ${scope}`,
      scope,
      limit,
      window: `${windowMs}ms`,
    })),
  })
}

/** Asks a stand-in of this configuration, with the tests' limits where it says nothing of them. */
export async function askStandIn(
  told: TargetConfigInput,
  asked: readonly QuestionId[] = questions.map(({ id }) => id),
  { windowMs = specWindowMs, maxRequests = 20_000 } = {},
): Promise<Inquired> {
  const limitOf = (scope: Scope) => ({ limit: specLimits[scope], windowMs, ...told.limits?.[scope] })
  const limits = {
    integration: limitOf('integration'),
    organization: limitOf('organization'),
    apiKey: limitOf('apiKey'),
  } as TargetConfigInput['limits']
  const { config, otherKeys } = withOtherKeys({ ...told, limits })
  return inquireAt({ kind: 'embedded', config }, otherKeys, asked, { spec: testSpec(windowMs), maxRequests })
}

/** Asks a target, and keeps nothing of it. */
export async function inquireAt(
  target: Commission['target'],
  otherKeys: OtherKeys,
  asked: readonly QuestionId[],
  { spec, maxRequests }: { spec: Spec; maxRequests: number },
): Promise<Inquired> {
  const folder = await mkdtemp(join(tmpdir(), 'onset-conform-'))
  const never = new AbortController().signal
  try {
    return await carryOutInquiry(
      {
        id: '20261126-080000-test',
        historyPath: join(folder, 'history.ndjson'),
        spec,
        target,
        otherKeys,
        questions: new Set(asked),
        maxRequests,
        quietMs: 0,
      },
      { onPhase: () => undefined, onStep: () => undefined },
      { stop: never, hurry: never, impatient: false },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The row of a table for what is found of the words of answers. */
export const headerClaims = 'header-claims'

/** How one answer, or one finding about what answers claim of limits, compares with what is so. */
export interface Marked {
  switchName: string
  question: QuestionId | typeof headerClaims
  says: string
  truth: string
  mark: 'right' | 'cannot tell' | 'wrong'
  why: string
}

/** Asks a stand-in that differs in one way, and compares each answer with what is so. */
export async function markSwitch({ name, config }: Switch, asked?: readonly QuestionId[]): Promise<Marked[]> {
  const inquired = await askStandIn(config, asked)
  const { answers, problem } = inquired
  if (problem !== undefined) throw new Error(`${name}: ${problem}`)
  const truths = truthOf(config)
  const { findings } = headerResult({ ...inquired, limits: testSpec().limits })
  const claims = findings.filter(({ level }) => level === 'measurement')
  return [
    ...answers.map(({ question, says, why }): Marked => {
      const truth = truths[question as QuestionId]
      const mark = says === truth ? 'right' : says === 'cannot-tell' ? 'cannot tell' : 'wrong'
      return { switchName: name, question: question as QuestionId, says, truth, mark, why }
    }),
    ...claims.flatMap(({ rule, state, message }): Marked[] => {
      const truth = claimTruthOf(config, rule)
      if (truth === undefined) return []
      const mark = state === truth ? 'right' : state === 'not-testable' ? 'cannot tell' : 'wrong'
      const says = `${rule} ${state}`
      return [{ switchName: name, question: headerClaims, says, truth, mark, why: message }]
    }),
  ]
}
