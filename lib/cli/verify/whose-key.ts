import {
  carryOutInquiry,
  type OtherKeys,
  planInquiry,
  type QuestionId,
  withOtherKeys,
} from '../../conform/index.ts'
import type { MeasuredLimit } from '../../result/index.ts'
import { createRunFolder, type Interruption, writeIntent } from '../../run/index.ts'
import type { Limit } from '../../spec/index.ts'
import { asFailure } from './start-run.ts'
import type { Verification } from './verification.ts'

/** What is said of each other key that is known. */
type Shared = NonNullable<MeasuredLimit['otherKeys']>

const questionOf: Record<keyof OtherKeys, QuestionId> = {
  sameUser: 'whose-same-user',
  otherUser: 'whose-other-user',
  otherOrganization: 'whose-other-organization',
}

/** How each answer to such a question is called where it is one of a limit. */
const sharesBy: Readonly<Record<string, Shared[number]['shares']>> = { own: 'no', shared: 'yes' }

/**
 * Finds out with which other keys the tested one shares a limit that is known: brings it to its limit, and
 * reads lists with the others meanwhile. Empty where no other key is known; those of the embedded target are.
 * @param limits that were found; the one of API requests among them.
 * @throws {Failure} where the folder cannot be made.
 */
export async function whoseKeyLimit(
  { spec: asWritten, target, textOf }: Verification,
  limits: readonly Limit[],
  { id, path, interruption }: { id: string; path: string; interruption: Interruption },
): Promise<Shared> {
  if (target.kind === 'http') return []
  const embedded = target.kind === 'embedded' ? withOtherKeys(target.config) : undefined
  const otherKeys: OtherKeys = embedded?.otherKeys ?? asWritten.target?.otherKeys ?? {}
  const known = (Object.keys(questionOf) as (keyof OtherKeys)[]).filter((key) => otherKeys[key] !== undefined)
  if (known.length === 0) return []
  const spec = { ...asWritten, limits: [...limits] }
  const questions = new Set(known.map((key) => questionOf[key]))
  const longestMs = Math.max(...limits.map(({ window }) => window))
  try {
    const folder = await createRunFolder(path)
    await writeIntent(folder, textOf(spec))
    const { answers } = await carryOutInquiry(
      {
        id,
        historyPath: folder.history,
        spec,
        target: embedded && target.kind === 'embedded' ? { ...target, config: embedded.config } : target,
        otherKeys,
        questions,
        maxRequests: 2 * planInquiry({ limits, otherKeys }, questions).apiRequests,
        quietMs: embedded ? 0 : 2 * longestMs,
      },
      { onPhase: () => {}, onStep: () => {} },
      interruption,
    )
    return known.flatMap((key) => {
      const answer = answers.find(({ question }) => question === questionOf[key])
      return answer ? [{ key, shares: sharesBy[answer.says] ?? 'cannot-tell', why: answer.why }] : []
    })
  } catch (error) {
    throw asFailure(error)
  }
}
