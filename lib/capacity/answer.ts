import type { StepJudgement } from './judge-step.ts'
import { endsOf, type SearchMove } from './search.ts'

/** Why a search came to its end. */
export type SearchEnd =
  | Extract<SearchMove, { kind: 'done' }>['why']
  | 'requests'
  | 'limited'
  | 'interrupted'
  | 'broken-off'
  /** Judged again, it would have gone on. */
  | 'records'

/** Up to which rate the objective holds, as far as that can be told. Rates are a second. */
export interface Answer {
  /** The highest rate at which it is surely met; `undefined` where none is. */
  metPerSecond?: number
  /** The lowest rate at which it is surely missed; `undefined` where none is. */
  missedPerSecond?: number
  /** Where what was seen crosses what is allowed. No claim: how far off it may be is not known. */
  nearPerSecond?: number
  /** How sure both ends together are, from 0 to 1. */
  confidence: number
  /** Why the search came to its end. */
  end: SearchEnd
  /** What leaves it open, or wider than was asked for, and what would settle it; a sentence each. */
  reasons: string[]
}

/**
 * Puts the answer of a search together.
 * @param resolution how far apart the ends may be; `undefined` where a single rate is asked about.
 */
export function answerOf(
  steps: readonly StepJudgement[],
  end: SearchEnd,
  { confidence, resolution }: { confidence: number; resolution: number | undefined },
): Answer {
  const ends = endsOf(steps)
  const near = turningPoint(steps)
  return {
    ...(ends.met !== undefined && { metPerSecond: ends.met }),
    ...(ends.missed !== undefined && { missedPerSecond: ends.missed }),
    ...(near !== undefined && { nearPerSecond: near }),
    confidence,
    end,
    reasons: reasonsOf(steps, end, resolution),
  }
}

function reasonsOf(
  steps: readonly StepJudgement[],
  end: SearchEnd,
  resolution: number | undefined,
): string[] {
  const reasons: string[] = []
  const { met, missed } = endsOf(steps)
  const contradiction = contradictionOf(steps)
  if (contradiction) {
    const [missedAt, metAt] = contradiction
    reasons.push(
      `It was missed at ${rateText(missedAt)} and met at ${rateText(metAt)}: the target is not always the same, or one of both was bad luck. Both are left out of the answer.`,
    )
  }
  const byClient = steps.filter(({ client }) => client.troubles.length > 0)
  if ((missed === undefined || end === 'client') && byClient.length > 0) {
    const lowest = byClient.reduce((low, step) => (step.ratePerSecond < low.ratePerSecond ? step : low))
    reasons.push(
      `At ${rateText(lowest.ratePerSecond)} the client was the bottleneck, so nothing is said about the target there: ${lowest.client.troubles.join(' ')} Fire from a stronger machine, or one that nothing else runs on.`,
    )
  }
  if (end !== 'found') reasons.push(...endWords(steps, end, resolution === undefined))
  const open = steps.filter(({ verdict, ratePerSecond }) => {
    const isBetween = ratePerSecond > (met ?? 0) && ratePerSecond < (missed ?? Number.POSITIVE_INFINITY)
    return verdict === 'cannot tell' && isBetween
  })
  if (end !== 'found' && end !== 'limited' && open.length > 0)
    reasons.push(...whatWouldSettle(open, resolution))
  return reasons
}

function endWords(steps: readonly StepJudgement[], end: SearchEnd, ofOneRate: boolean): string[] {
  const rates = steps.map(({ ratePerSecond }) => ratePerSecond)
  switch (end) {
    case 'firings':
      return ['It fired as often as it may: allow more steps.']
    case 'time':
      return ['The time for firing is used up: allow more.']
    case 'requests':
      return ['Another step would take more requests than may be sent: allow more.']
    case 'most-rate':
      return [`It fired at no more than ${rateText(Math.max(...rates))}, which was the highest rate allowed.`]
    case 'least-rate':
      return [`It fired at no less than ${rateText(Math.min(...rates))}, which was the lowest rate allowed.`]
    case 'unsettled':
      return [
        ofOneRate
          ? 'To tell would take longer than a step may.'
          : 'Steps that bring the ends closer would take longer than a step may.',
      ]
    case 'limited': {
      const { ratePerSecond = 0, limited = 0 } = steps.find((step) => step.limited > 0) ?? {}
      return [
        `At ${rateText(ratePerSecond)} a limit refused ${Number((100 * limited).toPrecision(2))} % of the requests, so it was not the target's capacity that was asked: name the limit in the spec, so that the load is spread, or raise it for the test.`,
      ]
    }
    case 'interrupted':
      return ['It was interrupted.']
    case 'broken-off':
      return ['The run could not be carried on.']
    case 'records':
      return ['The records end here: judged again, the search would have gone on.']
    case 'client':
    case 'found':
      return []
  }
}

/** The open rate that would take least. */
function whatWouldSettle(open: readonly StepJudgement[], resolution: number | undefined): string[] {
  const [quickest] = open
    .filter(({ neededMs }) => neededMs !== undefined)
    .toSorted((one, other) => (one.neededMs as number) - (other.neededMs as number))
  if (!quickest) return []
  const seconds = Math.ceil((quickest.neededMs as number) / 1000)
  const apart =
    resolution === undefined ? '' : `; ends further apart than ${Math.round(resolution * 100)} % take less`
  return [
    `At ${rateText(quickest.ratePerSecond)} some ${seconds} s would tell, where it was fired for ${Math.round(quickest.firedMs / 1000)} s${apart}.`,
  ]
}

/** The lowest rate that is missed and the highest that is met, where the first is below the second. */
function contradictionOf(steps: readonly StepJudgement[]): [missedAt: number, metAt: number] | undefined {
  const rates = (of: StepJudgement['verdict']) =>
    steps.filter(({ verdict }) => verdict === of).map(({ ratePerSecond }) => ratePerSecond)
  const missedAt = Math.min(...rates('missed'))
  const metAt = Math.max(...rates('met'))
  return missedAt < metAt ? [missedAt, metAt] : undefined
}

/** Steps this far from the turning point, as a factor, have a part in where it is put. */
const nearby = 1.3

/**
 * Where the share that breaks a condition reaches what is allowed. Between the highest rate that looks
 * met and the lowest above it that does not lies the turning point; around it a straight line of the
 * share's logarithm over the rate, along which the tails of queues go, is fitted by least squares, each
 * step with the weight of what is known of it.
 */
function turningPoint(steps: readonly StepJudgement[]): number | undefined {
  const ascending = steps.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
  const above = ascending.findIndex(
    (step, index) =>
      step.leaning === 'missed' && ascending.slice(index).every(({ leaning }) => leaning === 'missed'),
  )
  const [low, high] = [ascending[above - 1], ascending[above]]
  if (!low || !high) return undefined
  const middle = Math.sqrt(low.ratePerSecond * high.ratePerSecond)
  const reach = Math.max(nearby, high.ratePerSecond / middle)
  const around = ascending.filter(
    ({ ratePerSecond: rate }) => rate <= middle * reach * 1.001 && rate >= middle / reach / 1.001,
  )
  const broken = high.conditions.filter(({ share }) => share && share.seen > share.allowed)
  const crossings = broken.flatMap(({ text }) => crossingOf(around, text) ?? [])
  if (crossings.length === 0) return undefined
  // What looks met is below it, and what looks missed above.
  return Math.min(high.ratePerSecond, Math.max(low.ratePerSecond, Math.min(...crossings)))
}

function crossingOf(steps: readonly StepJudgement[], text: string): number | undefined {
  const points = steps.flatMap(({ ratePerSecond, judged, correlated, conditions }) => {
    const share = conditions.find((condition) => condition.text === text)?.share
    if (!share || judged === 0) return []
    // Where a share is none, half a request is taken for it.
    const seen = Math.max(share.seen, 0.5 / judged)
    // The variance of the logarithm of a count is one by the count.
    return [{ x: ratePerSecond, y: Math.log(seen / share.allowed), weight: (seen * judged) / correlated }]
  })
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + point.weight * of(point), 0) / total
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2)
  return slope > 0 ? x - y / slope : undefined
}

/** A rate in words. */
export function rateText(ratePerSecond: number): string {
  return `${Number(ratePerSecond.toPrecision(3))}/s`
}
