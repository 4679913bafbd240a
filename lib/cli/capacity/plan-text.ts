import { counted, spanText, visible } from '../../../reports/terminal/index.ts'
import { objectiveText, overLimit, rateText, underLimit } from '../../capacity/index.ts'
import { setupKeyOf } from '../../run/index.ts'
import type { CapacityRequest } from './capacity-request.ts'
import { type SetUp, setUpOf } from './set-up.ts'

/** What would be done, a sentence each, where a dry run is asked for. */
export function dryRunSentences(request: CapacityRequest): string[] {
  const { question, traffic, profile, maxRequests, spec, target, refusing, opinion } = request
  const { bounds } = question
  const to =
    target.kind === 'embedded'
      ? 'the embedded target'
      : [target.url, ...(spec.target?.replicas ?? [])].join(', ')
  const descriptors = new Set(traffic.descriptors.map(({ name }) => name)).size
  return [
    `${askedText(request)} Asked of ${visible(to)}, which is sent ${kindsText(request)}, ${traffic.arrivals === 'even' ? 'evenly' : 'at random'}, in the shape ${visible(profile)}${descriptors === 1 ? '' : `, for ${descriptors} descriptors in turn`}.`,
    refusing
      ? `It would fire twice, for ${spanText(refusing.durationMs)} each, at most ${counted(maxRequests, 'request')}.`
      : `It would fire at most ${counted(bounds.mostFirings, 'time')}, at one rate for at most ${spanText(bounds.longestStepMs)}, for at most ${spanText(bounds.budgetMs)} altogether, and at most ${counted(maxRequests, 'request')}${opinion ? `; then autocannon for ${opinion.seconds} s` : ''}.`,
    ...spreadSentences(request),
    ...setUpSentences(request),
    'Nothing was sent.',
  ]
}

/** How many values of each scope the load takes, and over how many it is spread. */
export function spreadSentences({ spread }: Pick<CapacityRequest, 'spread'>): string[] {
  return spread.needs.map(
    ({ needed, scope, limit, has }) =>
      `"${limit}" takes ${counted(needed, 'value')} of ${scope} at the highest rate; the load is spread over ${has}.`,
  )
}

/** What is to be known before a run whose making ready waits for the limits of keys; empty where it does not. */
export function waitSentences(request: CapacityRequest): string[] {
  const setUp = setUpOf(request)
  return setUp.waitsBeforeMs + setUp.waitsAfterMs > 0 ? setUpSentences(request, setUp) : []
}

function setUpSentences(request: CapacityRequest, setUp: SetUp = setUpOf(request)): string[] {
  const { integrations, organizations, named, requestsBefore, requestsAfter, waitsBeforeMs, waitsAfterMs } =
    setUp
  if (requestsBefore === 0) return []
  const key = setupKeyOf(request.target) === undefined ? 'apiKey' : 'setupKey'
  const keys = organizations > 1 ? `${key} and a key of each other organization` : key
  const where = organizations > 1 ? ` in ${counted(organizations, 'organization')}` : ''
  const what = named
    ? `To look at ${counted(integrations, 'integration')} of the spec`
    : `To make ${counted(integrations, 'integration')}${where}`
  const after =
    requestsAfter === 0
      ? ''
      : `, and ${requestsAfter} to ${named ? 'resolve what they have left' : 'remove them again'}`
  const waits = [
    ...(waitsBeforeMs > 0 ? [`up to ${spanText(waitsBeforeMs)} before the load`] : []),
    ...(waitsAfterMs > 0 ? [`up to ${spanText(waitsAfterMs)} after it`] : []),
  ]
  return [
    `${what} takes at most ${counted(requestsBefore, 'API request')} with ${keys}${after}.`,
    ...(waits.length > 0
      ? [
          `So as to leave a fifth of the limit of API requests to others, it waits ${waits.join(' and ')}; fewer integrations (--integrations, --max-rate) take less.`,
        ]
      : []),
  ]
}

function askedText({ question, refusing }: CapacityRequest): string {
  const { objective, bounds, atLeastPerSecond, confidence } = question
  const text = objectiveText(objective)
  const sure = `${Number((100 * confidence).toPrecision(6))} % sure`
  if (refusing) {
    const [under, over] = [underLimit, overLimit].map((times) => rateText(times * refusing.limitPerSecond))
    return `What does refusing cost, at ${under} and at ${over}, and does what is accepted keep to ${text}?`
  }
  return atLeastPerSecond === undefined
    ? `Up to which rate does ${text} hold, ${sure}, from ${rateText(bounds.startPerSecond)} up to ${rateText(bounds.mostPerSecond)} at most?`
    : `Does ${text} hold at ${rateText(atLeastPerSecond)}, ${sure}?`
}

function kindsText({ traffic: { descriptors } }: CapacityRequest): string {
  const kinds = new Set(descriptors.map(({ kind }) => kind))
  const words = { alert: 'alerts', list: 'API requests', request: 'requests' }
  return [...kinds].map((kind) => words[kind]).join(' and ')
}
