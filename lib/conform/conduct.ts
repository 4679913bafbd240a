import type { Answer, HeaderFindings } from '../result/index.ts'
import { cannotTell, type Said, shownLines } from './answer.ts'
import { StoppedError } from './ask.ts'
import type { Experiment } from './experiments/experiment.ts'
import type { Inquiry, Step } from './inquiry.ts'
import { type QuestionId, questionOf } from './questions.ts'
import type { Site } from './site.ts'

/** The wall clock may be slewed by so much within one experiment, and no more. */
const mostClockStepMs = 20

/**
 * Asks a platform what an inquiry has planned: tracks side by side, the experiments of one track one after
 * another. A question that could not be asked to its end is answered with "cannot tell".
 * @param onStep called when an experiment begins.
 */
export async function conductInquiry(
  inquiry: Inquiry,
  site: Site,
  onStep: (step: Step) => void,
): Promise<Answer[]> {
  const said = new Map<QuestionId, Said>()
  const follow = async (track: Experiment['track']) => {
    for (const step of inquiry.steps.filter(({ experiment }) => experiment.track === track)) {
      await site.rest(step.restMs)
      if (!site.signal.aborted) onStep(step)
      for (const [question, answer] of await carryOut(step, site)) said.set(question, answer)
    }
  }
  await Promise.all([follow('api'), follow('alerts')])
  return [...said].map(([question, { lines, ...answer }]): Answer => {
    const { id, group, asks } = questionOf(question)
    return { question: id, group, asks, ...answer, records: shownLines(lines) }
  })
}

async function carryOut({ experiment, asked }: Step, site: Site): Promise<Map<QuestionId, Said>> {
  const before = clockOffsetMs()
  let said = new Map<QuestionId, Said>()
  try {
    said = await experiment.run(site, asked)
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error
  }
  const stepMs = Math.abs(clockOffsetMs() - before)
  for (const question of asked) {
    const answer = said.get(question)
    if (site.signal.aborted && answer?.weight !== 'violation') {
      said.set(question, cannotTell(stoppedWords(site.signal), 'Ask again.', answer?.lines))
    } else if (!answer) {
      said.set(question, cannotTell('The experiment had no result.', 'Ask again.'))
    } else if (stepMs > mostClockStepMs) {
      const why = `The clock was set by ${Math.round(stepMs)} ms meanwhile, so instants cannot be compared.`
      said.set(question, cannotTell(why, 'Ask again.', answer.lines))
    }
  }
  return said
}

/**
 * How far the wall clock is ahead of the one that is never set. Where a busy machine pauses this process between
 * the two looks, the wall clock seems behind: so the most of several looks counts.
 */
function clockOffsetMs(): number {
  return Math.max(...Array.from({ length: 5 }, () => Date.now() - performance.now()))
}

function stoppedWords({ reason }: AbortSignal): string {
  const isSentence = typeof reason === 'string' && reason.endsWith('.')
  return isSentence ? reason : 'It was stopped before it was done.'
}

/** Whether a platform that was asked goes against what is documented, or left something open. */
export function verdictOf(
  answers: readonly Answer[],
  headers: HeaderFindings,
): 'pass' | 'fail' | 'inconclusive' {
  const breaks = headers.findings.some(({ level, state }) => level === 'must' && state === 'broken')
  if (breaks || answers.some(({ weight }) => weight === 'violation')) return 'fail'
  const isOpen = answers.length === 0 || answers.some(({ weight }) => weight === 'cannot tell')
  return isOpen ? 'inconclusive' : 'pass'
}
