import type { Certificate, LimitResult, Result } from '../../lib/result/index.ts'
import { counted, linesText, windowText } from './amounts.ts'
import { createStyle, verdictWords } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/**
 * What is behind each verdict that is not a pass, one block each: for a fail the certificate and what
 * was seen instead, for an inconclusive one the reason and what would settle it. Fails come first.
 */
export function findings(result: Result, view: View): string[][] {
  const of = (verdict: LimitResult['verdict']) => result.limits.filter((limit) => limit.verdict === verdict)
  return [
    ...of('fail').map((limit) => failure(limit, view)),
    ...(result.certificates ?? []).map((certificate) => jointFailure(certificate, view)),
    ...of('inconclusive').map((limit) => openQuestion(limit, view)),
  ]
}

function heading(limit: LimitResult, view: View): string[] {
  const style = createStyle(view.color)
  const word = verdictWords[limit.verdict]
  const title = `${visible(limit.name)}: ${limit.limit} in ${windowText(limit.windowSeconds)}`
  const [first = '', ...rest] = listItem(`${word}  `, title, view.width, 0)
  return [
    style.verdict(limit.verdict, word) + style.strong(first.slice(word.length)),
    ...rest.map(style.strong),
  ]
}

function failure(limit: LimitResult, view: View): string[] {
  const { certificate, seen, explanation } = limit
  return [
    ...heading(limit, view),
    ...paragraph(visible(explanation), view.width, 2),
    ...(certificate ? proof(certificate, explanation, view) : []),
    ...(seen && !explanation.includes(seen.words)
      ? paragraph(`Seen instead: ${visible(seen.words)}`, view.width, 2)
      : []),
  ]
}

function jointFailure(certificate: Certificate, view: View): string[] {
  const style = createStyle(view.color)
  const named = (certificate.limits ?? []).map(visible).join(', ')
  const [first = '', ...rest] = listItem(
    'FAIL  ',
    named === '' ? 'several limits together' : `together: ${named}`,
    view.width,
    0,
  )
  return [
    style.verdict('fail', 'FAIL') + style.strong(first.slice('FAIL'.length)),
    ...rest.map(style.strong),
    ...proof(certificate, '', view),
  ]
}

const shownSteps = 4

/** The certificate in words; `said` is what has been said already. */
function proof(
  { kind, records, why, steps = [], descriptor }: Certificate,
  said: string,
  view: View,
): string[] {
  const shown = steps.filter((step) => step.why !== why).slice(0, shownSteps)
  const more = steps.length - shown.length - (steps.some((step) => step.why === why) ? 1 : 0)
  const of = descriptor === undefined ? '' : `, ${visible(descriptor)}`
  const where = records.length === 0 ? '' : `, ${linesText(records)} of the history`
  return [
    ...paragraph(`Certificate (${kind}${of}${where})${why === said ? '.' : ':'}`, view.width, 2),
    ...(why === said ? [] : paragraph(visible(why), view.width, 4)),
    ...shown.flatMap((step, index) => listItem(`${index + 1}. `, visible(step.why), view.width, 4)),
    ...(more > 0
      ? paragraph(`… and ${counted(more, 'more step')}, which the result as JSON holds.`, view.width, 4)
      : []),
  ]
}

/** The rivals that are left are named by the explanation; all of them are in the result as JSON. */
function openQuestion(limit: LimitResult, view: View): string[] {
  const { explanation, reason, whatWouldSettleIt } = limit
  return [
    ...heading(limit, view),
    ...paragraph(visible(explanation), view.width, 2),
    ...(reason ? paragraph(`Reason: ${visible(reason)}`, view.width, 2) : []),
    ...(whatWouldSettleIt
      ? paragraph(`What would settle it: ${visible(whatWouldSettleIt)}`, view.width, 2)
      : []),
  ]
}
