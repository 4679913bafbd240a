import type { LimitResult } from '../result/index.ts'
import { saturates } from '../spec/index.ts'
import type { CaseFile } from './evidence/case-file.ts'
import type { Examined } from './explain.ts'
import { type ForeignUse, foreignResult } from './foreign.ts'
import { neverReachedWords } from './never-reached.ts'
import type { Rival } from './rivals.ts'
import { algorithmsWords, algorithmWords, ruleWords, windowWords } from './words/words.ts'

/** Nothing but the use of others can explain it, which the spec says there may be. */
export function usedByOthers(
  file: CaseFile,
  result: Omit<LimitResult, 'verdict' | 'explanation'>,
  foreign: ForeignUse,
): LimitResult {
  const { record, unitsAtLeast } = foreignResult(file, foreign)
  return {
    ...result,
    verdict: 'inconclusive',
    reason: 'foreign-traffic',
    foreignUse: { unitsAtLeast, record },
    explanation: `Others must have used it: line ${record} was refused, and at least ${unitsAtLeast} units of theirs are needed to explain it.`,
    whatWouldSettleIt: 'Run again while nobody else uses the same limit.',
  }
}

/** Nothing was found that explains it, nor that it cannot be explained. */
export function unexplained(
  file: CaseFile,
  index: number,
  result: Omit<LimitResult, 'verdict' | 'explanation'>,
  examined: readonly Examined[],
  left: readonly Rival[],
): LimitResult {
  const open = examined.filter(({ verdict }) => verdict === 'open')
  const which = algorithmsWords(open.map(({ hypothesis }) => hypothesis.algorithm))
  if (open.length === 0) {
    return {
      ...result,
      verdict: 'inconclusive',
      reason: 'clock-step',
      explanation:
        'Nothing that the spec allows explains the history as it is stamped, but the clock was set meanwhile, and no proof does without instants from both sides of that.',
      whatWouldSettleIt: 'Run again on a machine whose clock is left alone meanwhile.',
    }
  }
  if (open.some(({ atAGlance }) => atAGlance))
    return rivalled(file, index, result, left, 'Not told apart from')
  return {
    ...result,
    verdict: 'inconclusive',
    reason: 'unexplained',
    explanation: `Neither a witness nor a certificate was found; ${which} could not be excluded.`,
    whatWouldSettleIt: 'Fire with fewer requests in flight, so that their order is known better.',
  }
}

/**
 * Explained, and so it would be by others that were to be excluded; or never reached, which leaves all of them open.
 * @param left the rivals that nothing refutes.
 * @param said how the explanation begins, which names some of them.
 */
export function rivalled(
  file: CaseFile,
  index: number,
  result: Omit<LimitResult, 'verdict' | 'explanation'>,
  left: readonly Rival[],
  said = 'Explained, but so it would be by',
): LimitResult {
  const named = [
    ...new Set(
      left.map(
        ({ hypothesis: h }) =>
          `${h.limit} in ${windowWords(h.windowUs)} as ${algorithmWords(h.algorithm)}${ruleWords(h)}`,
      ),
    ),
  ]
  const shown = named.slice(0, 3)
  const more = named.length > shown.length ? ` and ${named.length - shown.length} more` : ''
  if (!reached(result)) {
    return {
      ...result,
      verdict: 'inconclusive',
      reason: 'never-reached',
      ...neverReachedWords(file, index),
    }
  }
  const windowsOnly = left.every(({ differs }) => differs === 'window')
  return {
    ...result,
    verdict: 'inconclusive',
    reason: windowsOnly ? 'window-not-known' : 'rivals',
    explanation: `${said} ${shown.join(', ')}${more}.`,
    whatWouldSettleIt: neverRecovered(file, index, result, left) ?? recoverAgain(windowsOnly),
  }
}

function recoverAgain(windowsOnly: boolean): string {
  return windowsOnly
    ? 'Watch the limit recover twice: two windows and a little more, without other limits in the way.'
    : 'Fill the limit again after its recovery, with fewer requests in flight, and watch it recover once more.'
}

/** What helps against refused requests that may be what kept the limit full. */
function neverRecovered(
  file: CaseFile,
  index: number,
  { tested }: Pick<LimitResult, 'tested'>,
  left: readonly Rival[],
): string | undefined {
  const isKeptFull = ({ hypothesis: { algorithm, limitedRequests } }: Rival) =>
    limitedRequests === 'counted' && !saturates(algorithm)
  if ((tested?.recoveries ?? 0) > 0 || !left.some(isKeptFull)) return undefined
  const sayIt =
    file.limits[index]?.limitedRequests === 'either'
      ? 'Write "limitedRequests: counted" if they are, so that it is probed less often, or leave'
      : 'Leave'
  return `It was not seen to recover, and where refused requests are counted, they keep it full. ${sayIt} it alone for two windows, and fill it again.`
}

/** Was anything refused by the limit? */
function reached({ tested }: Pick<LimitResult, 'tested'>): boolean {
  return (tested?.onsets ?? 0) > 0
}
