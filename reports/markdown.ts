import {
  type AgainstBase,
  type Comparison,
  type LatencyComparison,
  verdictAgainstBase,
} from '../lib/compare/index.ts'
import type { LimitResult, Result } from '../lib/result/index.ts'
import {
  againstBaseSentence,
  comparisonNotes,
  intervalText,
  latencyWords,
  ratioText,
  rowName,
  sideText,
  verdictWords,
  visible,
} from './terminal/index.ts'

const marks = { pass: '✅', fail: '❌', inconclusive: '❔' } as const

/**
 * A result as Markdown, for the summary of a CI job or a comment: the verdict of the gate, a row for each limit, what
 * is behind each that does not pass, and what moved against a base where one was compared.
 */
export function renderMarkdown(result: Result, against?: AgainstBase): string {
  const { limits, certificates = [], findings = [], coverage, assumptions = [] } = result
  const verdict = against ? verdictAgainstBase(result.verdict, against) : result.verdict
  const blocks = [
    `## ${marks[verdict]} Onset: ${verdictWords[verdict]}`,
    ...(coverage?.records === undefined
      ? []
      : [
          `Judged from ${coverage.records} requests: ${coverage.accepted ?? 0} accepted, ${coverage.limited ?? 0} limited, ${coverage.unknown ?? 0} unknown.`,
        ]),
    ...(limits.length > 0 ? [table(['Limit', 'At most', 'Verdict', 'Onset'], limits.map(limitCells))] : []),
    ...limits.filter((limit) => limit.verdict !== 'pass').map(behind),
    ...certificates.map(
      ({ limits: named = [], why }) => `**Together: ${text(named.join(', '))}** — ${text(why)}`,
    ),
    ...list(
      findings
        .filter(({ level }) => level !== 'note')
        .map(
          ({ level, descriptor, why }) =>
            `${marks[level === 'fail' ? 'fail' : 'inconclusive']} ${text(descriptor)}: ${text(why)}`,
        ),
    ),
    ...list(
      assumptions
        .filter(({ held }) => !held)
        .map(({ name, why }) => `Did not hold: ${text(name)}${why ? `: ${text(why)}` : ''}`),
    ),
    ...(against ? [againstBase(against)] : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

function againstBase(against: AgainstBase): string {
  const sentence = text(againstBaseSentence(against))
  if (against.kind === 'compared') return comparisonBlocks(against.comparison, sentence)
  return `### ${against.isFirstRun ? marks.pass : marks.inconclusive} No base\n\n${sentence}`
}

/** What moved between runs. */
function comparisonBlocks(comparison: Comparison, sentence: string): string {
  const { base, run, verdict, limits, latency, differences } = comparison
  const blocks = [
    `### ${marks[verdict]} Against ${text(base.join(', '))}: ${verdictWords[verdict]}`,
    `${sentence} Run: ${text(run.join(', '))}.`,
    ...list(differences.map(({ words }) => text(words))),
    ...list(
      limits.map(
        ({ name, change, verdict: each, why }) =>
          `${marks[each]} ${text(name)}: ${change.replaceAll('-', ' ')}. ${text(why)}`,
      ),
    ),
    ...(latency.length > 0
      ? [table(['Latency', 'Base, ms', 'Run, ms', 'Ratio', 'Between', ''], latency.map(latencyCells))]
      : []),
    ...list(comparisonNotes(comparison).map(text)),
  ]
  return blocks.join('\n\n')
}

function limitCells({ name, limit, windowSeconds, verdict, onset }: LimitResult): string[] {
  const [least, most] = onset?.acceptedBefore ?? []
  const after = least === most ? `${least}` : `${least} to ${most}`
  return [
    text(name),
    `${limit} in ${windowSeconds} s`,
    `${marks[verdict]} ${verdictWords[verdict]}`,
    onset ? `${text(onset.descriptor)} after ${after}` : 'not reached',
  ]
}

function latencyCells(row: LatencyComparison): string[] {
  return [
    text(rowName(row)),
    ...[row.base, row.run].map((side) => sideText(side, (ms) => ms.toFixed(2))),
    ratioText(row),
    intervalText(row),
    latencyWords[row.verdict],
  ]
}

function behind({ name, explanation, certificate, seen, whatWouldSettleIt }: LimitResult): string {
  const sentences = [
    explanation,
    ...(certificate && certificate.why !== explanation ? [certificate.why] : []),
    ...(seen && !explanation.includes(seen.words) ? [`Seen instead: ${seen.words}.`] : []),
    ...(whatWouldSettleIt ? [`What would settle it: ${whatWouldSettleIt}`] : []),
  ]
  return `**${text(name)}** — ${sentences.map(text).join(' ')}`
}

function table(headings: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')]
}

/** Words from outside as they stand: no markup, no link, no mention of a person, one line. */
function text(words: string): string {
  return visible(words)
    .replace(/[\\`*_{}[\]()#+!|~<>&]/g, (character) => `\\${character}`)
    .replaceAll('@', '@\u200b')
    .replace(/:\/\//g, ':\u200b//')
}
