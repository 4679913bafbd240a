import type { Answer } from '../answer.ts'
import { nameOf } from '../fields/current-fields.ts'
import { each, type Ruling } from '../rule.ts'

const types = /#(quota-exceeded|temporary-reduced-capacity|abnormal-usage-detected)$/

/** Rule 32: with a problem type of draft-11 §5, `violated-policies` is an array of names of policies. */
export function problemTypeRuling(answers: readonly Answer[]): Ruling {
  const subjects = answers.flatMap((answer) => {
    const problem = problemOf(answer.seen.body)
    return problem === undefined ? [] : [{ line: answer.seen.line, value: { ...problem, answer } }]
  })
  return each(subjects, 'no body has such a problem type', 'body', ({ type, violated, answer }) => {
    if (violated === undefined) return `is ${type} and has no violated-policies`
    if (!Array.isArray(violated) || !violated.every((name) => typeof name === 'string')) {
      return `has violated-policies that are no array of strings`
    }
    const { policy } = answer.fields
    if (!policy?.ok) return undefined
    const known = new Set(policy.value.map(nameOf))
    const stranger = violated.find((name) => !known.has(name))
    return stranger === undefined ? undefined : `blames "${stranger}", which is not in its RateLimit-Policy`
  })
}

function problemOf(body: string): { type: string; violated: unknown } | undefined {
  // Most bodies are no problem of these: they are not worth parsing.
  if (!body.includes('#')) return undefined
  let problem: unknown
  try {
    problem = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof problem !== 'object' || problem === null || !('type' in problem)) return undefined
  const type = typeof problem.type === 'string' ? types.exec(problem.type)?.[1] : undefined
  if (type === undefined) return undefined
  return { type, violated: 'violated-policies' in problem ? problem['violated-policies'] : undefined }
}
