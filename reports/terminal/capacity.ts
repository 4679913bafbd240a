import { type CapacityDocument, overLimit, rateText, underLimit } from '../../lib/capacity/index.ts'
import type { Verdict } from '../../lib/result/index.ts'
import { millisecondsText, spanText } from './amounts.ts'
import type { NamedFile } from './result.ts'
import { createStyle, type Style } from './style.ts'
import { type Cell, type Column, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

type Step = CapacityDocument['steps'][number]

/** What `onset capacity` found, for people: the answer, a row for each rate, both clients, the files. */
export function renderCapacity(document: CapacityDocument, files: readonly NamedFile[], view: View): string {
  const style = createStyle(view.color)
  const { answer, steps, opinions, warnings } = document
  const rows = steps
    .toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
    .map((step) => row(step, style))
  const width = Math.max(...files.map(({ what }) => what.length))
  return [
    ...headline(document, style).flatMap((line) => paragraph(line, view.width, 0)),
    ...answer.reasons.flatMap((reason) => listItem('- ', visible(reason), view.width, 0)),
    '',
    ...(document.refusing ? refusingLines(document.refusing, style, view) : []),
    ...(rows.length > 0
      ? [
          ...table([{ heading: 'RATE' }, ...columns], rows, view.width, style.faint).flat(),
          '',
          ...legend.flatMap((note) => paragraph(note, view.width, 0)).map(style.faint),
          '',
        ]
      : []),
    ...(opinions ? [...opinionLines(opinions, style, view), ''] : []),
    ...warnings.flatMap(({ message }) => paragraph(style.warning(visible(message)), view.width, 0)),
    style.faint('FILES'),
    ...files.map(({ what, path }) => `${what.padEnd(width)}  ${visible(path)}`),
    '',
  ].join('\n')
}

/** What was found, in a sentence or two. */
export function capacitySentences(document: CapacityDocument): string[] {
  const { answer, objective, atLeastPerSecond, refusing } = document
  if (refusing) return refusingSentences(refusing, objective, answer.confidence)
  const lines = [answerText(answer, objective, atLeastPerSecond)]
  if (answer.nearPerSecond !== undefined && atLeastPerSecond === undefined) {
    lines.push(
      `By what was seen it is near ${rateText(answer.nearPerSecond)}; that is an estimate, and no claim.`,
    )
  }
  return lines
}

const verdictOfKept = { met: 'pass', missed: 'fail', 'cannot tell': 'inconclusive' } as const

/** Pass: the question is answered, or the one rate that was asked about is taken. */
export function capacityVerdict({ answer, atLeastPerSecond, refusing }: CapacityDocument): Verdict {
  if (refusing) return verdictOfKept[refusing.kept.verdict]
  const { metPerSecond, missedPerSecond } = answer
  if (atLeastPerSecond !== undefined) {
    return metPerSecond !== undefined ? 'pass' : missedPerSecond !== undefined ? 'fail' : 'inconclusive'
  }
  return metPerSecond !== undefined && missedPerSecond !== undefined ? 'pass' : 'inconclusive'
}

function headline(document: CapacityDocument, style: Style): string[] {
  const [lead = '', ...more] = capacitySentences(document)
  const verdict = capacityVerdict(document)
  const one = { pass: 'MET', fail: 'MISSED', inconclusive: 'CANNOT TELL' } as const
  const word =
    document.atLeastPerSecond !== undefined || document.refusing
      ? one[verdict]
      : verdict === 'pass'
        ? 'CAPACITY'
        : 'CANNOT TELL'
  return [`${style.verdict(verdict, word)}  ${lead}`, ...more]
}

function answerText(
  { metPerSecond: met, missedPerSecond: missed, confidence }: CapacityDocument['answer'],
  objective: string,
  atLeast: number | undefined,
): string {
  const sure = `${Number((confidence * 100).toFixed(2))} % sure`
  if (atLeast !== undefined) {
    if (met !== undefined) return `${objective} holds at ${rateText(met)} (${sure}).`
    if (missed !== undefined) return `${objective} does not hold at ${rateText(missed)} (${sure}).`
    return `It cannot be told whether ${objective} holds at ${rateText(atLeast)}.`
  }
  if (met !== undefined && missed !== undefined) {
    return `${objective} holds up to ${rateText(met)}, and is missed from ${rateText(missed)} on (${sure}).`
  }
  if (met !== undefined) {
    return `${objective} holds up to ${rateText(met)} (${sure}); how far above, cannot be told.`
  }
  if (missed !== undefined) {
    return `${objective} is missed from ${rateText(missed)} on (${sure}); up to where it holds, cannot be told.`
  }
  return `It cannot be told at which rate ${objective} is first missed.`
}

const right = (heading: string): Column => ({ heading, align: 'right' })
const columns: Column[] = [
  { heading: 'VERDICT' },
  ...['FIRED', 'REQUESTS', 'P50', 'P90', 'P99', 'BEYOND', 'FAILED', 'LATE', 'LEFT OUT', 'CPU'].map(right),
]

const legend = [
  'Times are milliseconds. BEYOND is the share of requests that broke the condition which is worst off, and what is allowed; FAILED, the share that failed, or was left unsent because too many were under way; LATE, how late k6 sent 99 of 100 requests at most; LEFT OUT, the share that pauses of k6 may have touched; CPU, what k6 used of one core.',
]

function row(step: Step, style: Style): Cell[] {
  const { latency, client, verdict } = step
  const figure = (ms: number | undefined) => ({ text: ms === undefined ? '-' : millisecondsText(ms) })
  const worst = worstCondition(step)
  const paint = (text: string) =>
    verdict === 'cannot tell' ? style.warning(text) : style.verdict(verdict === 'met' ? 'pass' : 'fail', text)
  return [
    { text: rateText(step.ratePerSecond) },
    { text: verdict, paint },
    { text: spanText(step.firedMs) },
    { text: `${step.judged}` },
    figure(latency?.p50Ms),
    figure(latency?.p90Ms),
    figure(latency?.p99Ms),
    { text: worst?.share ? `${percent(worst.share.seen)} of ${percent(worst.share.allowed)}` : '-' },
    { text: percent(step.failed + step.dropped) },
    figure(client.lateness.p99Ms),
    { text: percent(client.leftOut) },
    { text: client.cpu ? percent(client.cpu.shareOfCore) : '-' },
  ]
}

/** The condition that takes up most of what it is allowed. */
function worstCondition({ conditions }: Step): Step['conditions'][number] | undefined {
  const used = ({ share }: Step['conditions'][number]) => (share ? share.seen / share.allowed : 0)
  return conditions.toSorted((one, other) => used(other) - used(one))[0]
}

/** One rate as a line, while a search goes on. */
export function stepLine({
  ratePerSecond,
  firedMs,
  verdict,
  leaning,
  reasons,
  latency,
}: Pick<Step, 'ratePerSecond' | 'firedMs' | 'verdict' | 'leaning' | 'reasons' | 'latency'>): string {
  const p99 = latency ? `, p99 ${millisecondsText(latency.p99Ms)} ms` : ''
  const said =
    verdict === 'cannot tell' ? `cannot tell yet, looks ${leaning}. ${reasons[0] ?? ''}` : `${verdict}.`
  return `${rateText(ratePerSecond)} for ${spanText(firedMs)}${p99}: ${said}`.trim()
}

type Refusing = NonNullable<CapacityDocument['refusing']>

function refusingSentences(
  { limitPerSecond, kept, share, limited }: Refusing,
  objective: string,
  confidence: number,
): string[] {
  const at = `what is accepted at ${rateText(overLimit * limitPerSecond)}, ${overLimit} times the limit`
  const sure = `${Number((confidence * 100).toFixed(2))} % sure`
  const said = {
    met: `${objective} holds for ${at} (${sure}).`,
    missed: `${objective} does not hold for ${at} (${sure}).`,
    'cannot tell': `It cannot be told whether ${objective} holds for ${at}.`,
  }
  const refused = limited
    ? `${percent(share)} were refused, 99 of 100 of them within ${millisecondsText(limited.p99Ms)} ms.`
    : 'Nothing was refused: the limit is not enforced, or another one is.'
  return [said[kept.verdict], refused, ...kept.reasons]
}

function refusingLines(refusing: Refusing, style: Style, view: View): string[] {
  const rows = refusingRows(refusing).map(asCells)
  const heading = { heading: 'LATENCY, MS' }
  return [...table([heading, ...figureColumns], rows, view.width, style.faint).flat(), '']
}

const figureColumns = ['COUNT', 'P50', 'P90', 'P99'].map(right)

function asCells(texts: readonly string[]): Cell[] {
  return texts.map((text) => ({ text }))
}

/** Latencies with and without refusals, a row each: name, count, p50, p90 and p99. */
export function refusingRows({ below, accepted, limited, limitPerSecond }: Refusing): string[][] {
  return (
    [
      [`accepted at ${rateText(underLimit * limitPerSecond)}`, below],
      [`accepted at ${rateText(overLimit * limitPerSecond)}`, accepted],
      [`refused at ${rateText(overLimit * limitPerSecond)}`, limited],
    ] as const
  ).flatMap(([name, of]) => (of ? [latencyFigures(name, of)] : []))
}

/** A row of latencies: name, count, p50, p90 and p99. */
export function latencyFigures(
  name: string,
  of: { count: number; p50Ms: number; p90Ms: number; p99Ms: number },
): string[] {
  return [name, `${of.count}`, ...[of.p50Ms, of.p90Ms, of.p99Ms].map(millisecondsText)]
}

function opinionLines(
  opinions: NonNullable<CapacityDocument['opinions']>,
  style: Style,
  view: View,
): string[] {
  const { autocannon, k6, ratePerSecond, words, agree } = opinions
  const head = `SECOND OPINION, MS, AT ${rateText(ratePerSecond)}`
  const rows = [
    latencyFigures('k6', k6),
    ...(autocannon.kind === 'given' ? [latencyFigures('autocannon', autocannon)] : []),
  ]
  const said = agree === false ? style.warning : style.faint
  return [
    ...table([{ heading: head }, ...figureColumns], rows.map(asCells), view.width, style.faint).flat(),
    ...paragraph(visible(words), view.width, 2).map(said),
  ]
}

function percent(share: number): string {
  return share === 0 ? '0%' : `${Number((share * 100).toPrecision(2))}%`
}
