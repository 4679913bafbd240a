import type {
  AgainstBase,
  Comparison,
  LatencyComparison,
  LatencySide,
  LevelChange,
  LimitComparison,
  NoBase,
  SeriesComparison,
} from '../../lib/compare/index.ts'
import type { Verdict } from '../../lib/result/index.ts'
import { counted, millisecondsText } from './amounts.ts'
import { createStyle, verdictWords } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/** What moved between runs, for people. Every word is a verdict's; colour only goes with it. */
export function renderComparison(
  comparison: Comparison,
  view: View,
  sentence = comparisonSentence(comparison),
): string {
  const { base, run, differences, limits, latency } = comparison
  const style = createStyle(view.color)
  const sides = `Base: ${base.map(visible).join(', ')}. Run: ${run.map(visible).join(', ')}.`
  const blocks = [
    [...headed(comparison.verdict, sentence, view), ...paragraph(sides, view.width, 0)],
    differences.length > 0
      ? [
          style.faint('WHAT DIFFERS'),
          ...items(
            differences.map(({ words }) => words),
            view,
          ),
        ]
      : [],
    ...limits.map((limit) => limitBlock(limit, view)),
    latency.length > 0 ? latencyTable(comparison, view) : [],
    [...items(comparisonNotes(comparison), view)],
  ]
  return joined(blocks)
}

/** The changes of level in a row of runs, for people. */
export function renderSeries(series: SeriesComparison, view: View): string {
  const { runs, changes, method, verdict } = series
  const style = createStyle(view.color)
  const columns = [
    { heading: 'LEVEL, MS' },
    { heading: 'FROM', align: 'right' as const },
    { heading: 'TO', align: 'right' as const },
    { heading: 'P', align: 'right' as const },
    { heading: '' },
    { heading: 'FIRST RUN' },
  ]
  const rows = changes.map((change): Cell[] => [
    { text: `${visible(change.descriptor ?? 'all')} p${change.percentile}` },
    { text: millisecondsText(change.fromMs) },
    { text: millisecondsText(change.toMs) },
    { text: change.p.toPrecision(2) },
    { text: levelWord(change) },
    { text: visible(change.run) },
  ])
  const seed = `E-divisive with means, ${method.permutations} permutations, seed ${method.seed}, 1 wrong word in ${Math.round(1 / method.alpha)} rows.`
  return joined([
    headed(verdict, seriesSentence(series), view),
    rows.length > 0 ? table(columns, rows, view.width, style.faint).flat() : [],
    items([`${counted(runs.length, 'run')}. ${seed}`], view),
  ])
}

/** What a row of runs comes to, in a sentence or two. */
export function seriesSentence({ changes, why, runs, method }: SeriesComparison): string {
  if (why !== undefined) return why
  const regressed = changes.filter((change) => change.regressed)
  if (regressed.length > 0) {
    const since = [...new Set(regressed.map(({ run }) => visible(run)))].join(', ')
    return `Latency is on a level that is worse by more than ${marginText(method)}, since ${since}.`
  }
  const others = changes.length === 0 ? '' : ` Other changes of level: ${changes.length}.`
  return `In ${counted(runs.length, 'run')} no level was found that is worse by more than ${marginText(method)} and still stands.${others}`
}

function levelWord({ regressed, fromMs, toMs }: LevelChange): string {
  return regressed ? 'REGRESSED' : toMs > fromMs ? 'slower' : 'faster'
}

/** The words for what is certain about a latency. */
export const latencyWords = {
  regressed: 'REGRESSED',
  'no-worse': 'NO WORSE',
  'cannot-tell': 'CANNOT TELL',
} as const

/** `5 %`. */
export function marginText({ marginRatio }: { marginRatio: number }): string {
  return `${Number(((marginRatio - 1) * 100).toFixed(2))} %`
}

/** What a comparison comes to, in a sentence or two. */
export function comparisonSentence({ verdict, limits, latency, method }: Comparison): string {
  const broken = limits.filter((limit) => limit.verdict === 'fail').map(({ name }) => visible(name))
  const regressed = latency.filter((row) => row.verdict === 'regressed').map(rowName)
  const sentences = [
    ...(broken.length > 0 ? [`Broken in the run: ${broken.join(', ')}.`] : []),
    ...(regressed.length > 0
      ? [`Latency is worse by more than ${marginText(method)}: ${regressed.join(', ')}.`]
      : []),
  ]
  if (verdict === 'fail') return sentences.join(' ')
  if (verdict === 'pass') {
    const parts = [
      ...(limits.length > 0 ? ['every limit is kept'] : []),
      ...(latency.length > 0 ? [`no latency is worse by more than ${marginText(method)}`] : []),
    ].join(', and ')
    return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`
  }
  const openLimits = limits.filter((limit) => limit.verdict === 'inconclusive').length
  const openRows = latency.filter((row) => row.verdict === 'cannot-tell').length
  const open = [
    ...(openLimits > 0 ? [counted(openLimits, 'limit')] : []),
    ...(openRows > 0
      ? [`${openRows} of ${counted(latency.length, 'latency').replace('latencys', 'latencies')}`]
      : []),
  ]
  return open.length === 0
    ? 'There is nothing to compare.'
    : `Nothing got worse for certain; it cannot be told of ${open.join(' and ')}.${looksWorst(latency, method)}`
}

/** The latency that would be the worst of all if it were told from chance. */
function looksWorst(rows: readonly LatencyComparison[], { marginRatio }: Comparison['method']): string {
  const [worst] = rows
    .filter(({ verdict, ratio }) => verdict === 'cannot-tell' && (ratio ?? 0) > marginRatio)
    .sort((one, other) => (other.ratio ?? 0) - (one.ratio ?? 0))
  if (!worst) return ''
  const [before, after] = [worst.base, worst.run].map((side) => sideText(side, millisecondsText))
  return ` Worst looks ${rowName(worst)}: ${before} ms before, ${after} ms now.`
}

/** What a gate makes of a comparison, in a sentence or two. */
export function againstBaseSentence(against: AgainstBase): string {
  if (against.kind === 'missing') {
    const what = `Nothing was compared: ${visible(against.why)}.`
    return against.isFirstRun
      ? `${what} This run can be the base of the next.`
      : `${what} Where this is the first run, say --first-run-ok, and keep it as the base of the next.`
  }
  const { comparison, isStrict } = against
  const isWarning = !isStrict && comparison.latency.some(({ verdict }) => verdict === 'cannot-tell')
  const warning = ' A latency that cannot be told is a warning; with --strict it is inconclusive.'
  return `${comparisonSentence(comparison)}${isWarning ? warning : ''}`
}

/** Of each latency that cannot be told, how many samples it rests on: `A p99 (7 and 9 beyond it)`. */
export function openLatencies({ latency }: Comparison): string {
  return latency
    .filter(({ verdict }) => verdict === 'cannot-tell')
    .map((row) => `${rowName(row)} (${row.base.beyond} and ${row.run.beyond} beyond it)`)
    .join(', ')
}

/** What a fresh run was held against, for people. */
export function renderAgainstBase(against: AgainstBase, view: View): string {
  if (against.kind === 'missing') {
    return joined([headed(against.isFirstRun ? 'pass' : 'inconclusive', againstBaseSentence(against), view)])
  }
  return renderComparison(against.comparison, view, againstBaseSentence(against))
}

/** That runs were held against nothing, for people. */
export function renderNoBase({ verdict, missing, isFirstRun, runs }: NoBase, view: View): string {
  const sentence = againstBaseSentence({ kind: 'missing', why: missing.join('; '), isFirstRun })
  const judged = runs.map((run) => `${run.name} by itself: ${verdictWords[run.verdict]}`)
  return joined([headed(verdict, sentence, view), items(judged, view)])
}

/** What a reader must know to take the words for what they are. */
export function comparisonNotes(comparison: Comparison): string[] {
  const { latency, method, throughput } = comparison
  if (latency.length === 0) return []
  const why = new Map<string, string[]>()
  for (const row of latency) {
    if (row.why) why.set(row.why, [...(why.get(row.why) ?? []), rowName(row)])
  }
  return [
    ...[...why].map(
      ([reason, names]) => `Cannot tell for ${names.join(', ')}: ${reason}${/\.$/.test(reason) ? '' : '.'}`,
    ),
    ...settlingLatencies(comparison),
    method.name === 'moving-block-bootstrap'
      ? `One run a side: this covers the noise within the runs, and nothing that differs from run to run of the same system. Moving-block bootstrap over seconds, ${method.resamples} resamples, seed ${method.seed}.`
      : `Mann-Whitney over runs, exact, with the interval of Hodges and Lehmann. So many runs can give no chance below ${(method.leastP ?? 1).toPrecision(2)}.`,
    `Answers a second while there was firing: ${figure(throughput.base)}, then ${figure(throughput.run)}. The plan sets how many there are, so that is not judged.`,
  ]
}

/** What would settle the latencies that cannot be told; nothing where all are. */
export function settlingLatencies({ latency, method, differences }: Comparison): string[] {
  if (latency.every(({ verdict }) => verdict !== 'cannot-tell')) return []
  if (differences.some(({ removesLatency }) => removesLatency))
    return ['What would settle it: a run that differs from the base in nothing but what is to be tried.']
  if (method.name === 'mann-whitney') return ['What would settle it: more runs a side.']
  return [
    'What would settle it: requests over more seconds in both runs (--alerts-per-second and --requests-per-second fill more slowly, --windows goes on for longer), or five runs and more a side (onset compare --base A --base B … --run C --run D …).',
  ]
}

/** `A p99`. */
export function rowName({
  descriptor,
  percentile,
}: Pick<LatencyComparison, 'descriptor' | 'percentile'>): string {
  return `${visible(descriptor ?? 'all')} p${percentile}`
}

/** The milliseconds of a side; `none` where it accepted nothing. */
export function sideText({ ms }: LatencySide, text: (ms: number) => string): string {
  return ms === null ? 'none' : text(ms)
}

/** `1.07`, or nothing where a side accepted nothing. */
export function ratioText({ ratio }: LatencyComparison): string {
  return ratio === null ? '' : ratio.toFixed(2)
}

/** `0.98 to 1.07`. */
export function intervalText({ interval }: LatencyComparison): string {
  return interval ? `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : ''
}

function figure(value: number | null): string {
  return value === null ? 'none' : value.toFixed(1)
}

function headed(verdict: Verdict, sentence: string, view: View): string[] {
  const style = createStyle(view.color)
  const word = verdictWords[verdict]
  const [first = '', ...rest] = paragraph(`${word}  ${sentence}`, view.width, 0)
  return [style.verdict(verdict, word) + style.strong(first.slice(word.length)), ...rest.map(style.strong)]
}

function limitBlock({ name, change, verdict, base, run, why }: LimitComparison, view: View): string[] {
  return [
    ...headed(verdict, `${visible(name)}: ${change.replaceAll('-', ' ')}`, view),
    ...paragraph(`Base: ${visible(base ?? 'not verified')}`, view.width, 2),
    ...paragraph(`Run: ${visible(run ?? 'not verified')}`, view.width, 2),
    ...paragraph(visible(why), view.width, 2),
  ]
}

function latencyTable({ latency }: Comparison, view: View): string[] {
  const style = createStyle(view.color)
  const columns = [
    { heading: 'LATENCY, MS' },
    { heading: 'BASE', align: 'right' as const },
    { heading: 'RUN', align: 'right' as const },
    { heading: 'RATIO', align: 'right' as const },
    { heading: 'BETWEEN', align: 'right' as const },
    { heading: 'BEYOND', align: 'right' as const },
    { heading: '' },
  ]
  const colors = { regressed: 'fail', 'no-worse': 'pass', 'cannot-tell': 'inconclusive' } as const
  const rows = latency.map((row): Cell[] => [
    { text: rowName(row) },
    { text: sideText(row.base, millisecondsText) },
    { text: sideText(row.run, millisecondsText) },
    { text: ratioText(row) },
    { text: intervalText(row) },
    { text: `${row.base.beyond}, ${row.run.beyond}` },
    { text: latencyWords[row.verdict], paint: (text) => style.verdict(colors[row.verdict], text) },
  ])
  return table(columns, rows, view.width, style.faint).flat()
}

function items(sentences: readonly string[], view: View): string[] {
  return sentences.flatMap((sentence) => listItem('- ', visible(sentence), view.width, 0))
}

function joined(blocks: readonly string[][]): string {
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
