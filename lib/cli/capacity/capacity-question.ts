import { type Objective, parseObjective, type Question } from '../../capacity/index.ts'
import type { Asked } from '../command.ts'
import type { OptionReader } from '../options/option-reader.ts'
import type { NamedProfile } from './capacity-profile.ts'

/** What is asked where nobody says more: of a named target, and of the embedded one, in under a minute. */
export const capacityDefaults = {
  named: {
    objective: 'p99 < 200ms, errors < 0.1%',
    startPerSecond: 10,
    mostPerSecond: 5_000,
    longestStepMs: 180_000,
    budgetMs: 1_800_000,
    mostFirings: 24,
    confidence: 0.95,
    resolution: 0.2,
    shortestMs: 5_000,
    opinionSeconds: 10,
  },
  embedded: {
    objective: 'p95 < 100ms, errors < 1%',
    startPerSecond: 200,
    mostPerSecond: 5_000,
    longestStepMs: 8_000,
    budgetMs: 40_000,
    mostFirings: 12,
    confidence: 0.95,
    resolution: 0.35,
    shortestMs: 2_000,
    opinionSeconds: 4,
  },
}

/**
 * Reads what is asked: the objective, and within which bounds is looked for it.
 * @param ceilingPerSecond the highest rate that a spec allows.
 * @param named is it asked of a target that somebody named?
 */
export function readQuestion(
  reader: OptionReader,
  options: Asked['options'],
  ceilingPerSecond: number | undefined,
  named: boolean,
): Question | undefined {
  const usual = named ? capacityDefaults.named : capacityDefaults.embedded
  const rate = { least: 0.01, most: 100_000 }
  const objective = readObjective(reader, (options.objective as string | undefined) ?? usual.objective)
  const mostPerSecond =
    reader.number('--max-rate', options.maxRate, rate) ??
    Math.min(usual.mostPerSecond, ceilingPerSecond ?? usual.mostPerSecond)
  const atLeastPerSecond = reader.number('--at-least', options.atLeast, rate)
  const startPerSecond = reader.number('--start-rate', options.startRate, rate) ?? usual.startPerSecond
  const longestStepMs = reader.duration('--step', options.step, 1_000, 24 * 3_600_000) ?? usual.longestStepMs
  const bounds = {
    startPerSecond: Math.min(startPerSecond, mostPerSecond),
    mostPerSecond,
    leastPerSecond: Math.min(0.1, startPerSecond),
    resolution: readShare(reader, '--resolution', options.resolution, usual.resolution),
    mostFirings:
      reader.number('--steps', options.steps, { least: 1, most: 200, whole: true }) ?? usual.mostFirings,
    budgetMs: reader.duration('--budget', options.budget, 1_000, 7 * 24 * 3_600_000) ?? usual.budgetMs,
    longestStepMs,
    shortestMs: Math.min(usual.shortestMs, longestStepMs),
  }
  const confidence = readShare(reader, '--confidence', options.confidence, usual.confidence)
  return (
    objective && {
      objective,
      confidence,
      bounds,
      ...(atLeastPerSecond !== undefined && { atLeastPerSecond }),
    }
  )
}

/**
 * What `--factor` makes of a question: is a recording, as long as it was, taken at so many times its rate?
 * Without it the question stays as it is.
 */
export function replayed(
  reader: OptionReader,
  question: Question,
  profile: NamedProfile | undefined,
  { factor: raw, atLeast, step }: Asked['options'],
): Question {
  const factor = reader.number('--factor', raw, { least: 0.001, most: 1_000 })
  const recorded = profile?.recorded
  if (factor === undefined || !recorded) return question
  if (atLeast !== undefined || step !== undefined) {
    reader.complain('--factor says the rate and the length of a step: leave --at-least and --step out')
  }
  const { spanMs, meanPerSecond } = recorded
  const { budgetMs } = question.bounds
  if (spanMs > budgetMs) {
    reader.complain(
      `--factor: the recording lasts ${Math.ceil(spanMs / 1000)} s, longer than may be fired (${budgetMs / 1000} s): allow more with --budget, or take a shorter one`,
    )
  }
  return {
    ...question,
    atLeastPerSecond: factor * meanPerSecond,
    bounds: { ...question.bounds, shortestMs: spanMs, longestStepMs: spanMs },
  }
}

function readObjective(reader: OptionReader, text: string): Objective | undefined {
  const parsed = parseObjective(text)
  if (parsed.ok) return parsed.objective
  for (const mistake of parsed.mistakes) reader.complain(`--objective: ${mistake}`)
  return undefined
}

/** A share such as `95%`. */
function readShare(reader: OptionReader, flag: string, raw: unknown, usual: number): number {
  if (raw === undefined) return usual
  const share =
    typeof raw === 'string' && /^\d+(\.\d+)?%$/.test(raw) ? Number.parseFloat(raw) / 100 : Number.NaN
  if (share > 0 && share < 1) return share
  reader.mistake(flag, 'a share above 0% and below 100%, such as 20%', raw)
  return usual
}
