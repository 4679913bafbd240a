import type { AgainstBase, Comparison } from '../lib/compare/index.ts'
import type { Result } from '../lib/result/index.ts'
import {
  againstBaseSentence,
  latencyWords,
  openLatencies,
  rowName,
  settlingLatencies,
} from './terminal/index.ts'

/**
 * A result as workflow commands, which GitHub shows as annotations: an error for what fails, a warning for
 * what is not settled. A comparison's latencies that cannot be told are one warning together.
 */
export function renderGithub(result: Result, against?: AgainstBase): string {
  const commands = [
    ...result.limits.flatMap(({ name, verdict, explanation }) =>
      verdict === 'pass' ? [] : [annotation(verdict, name, explanation)],
    ),
    ...(result.certificates ?? []).map(({ limits = [], why }) =>
      annotation('fail', `Together: ${limits.join(', ')}`, why),
    ),
    ...(result.findings ?? []).flatMap(({ level, descriptor, kind, why }) =>
      level === 'note' ? [] : [annotation(level, `${descriptor}: ${kind}`, why)],
    ),
    ...(against ? ofBase(against) : []),
  ]
  return commands.map((command) => `${command}\n`).join('')
}

function ofBase(against: AgainstBase): string[] {
  const sentence = againstBaseSentence(against)
  if (against.kind === 'missing') {
    return against.isFirstRun ? [] : [annotation('inconclusive', 'No base', sentence)]
  }
  const { comparison } = against
  const open = openLatencies(comparison)
  return [
    ...regressedIn(comparison).map((row) =>
      annotation(
        'fail',
        `${latencyWords.regressed}: ${rowName(row)}`,
        `${row.base.ms} ms before, ${row.run.ms} ms now.`,
      ),
    ),
    ...(open === ''
      ? []
      : [
          annotation(
            'inconclusive',
            'Latency',
            [
              `${sentence} Cannot tell, by samples of base and run: ${open}.`,
              ...settlingLatencies(comparison),
            ].join(' '),
          ),
        ]),
  ]
}

function regressedIn({ latency }: Comparison) {
  return latency.filter(({ verdict }) => verdict === 'regressed')
}

function annotation(verdict: 'fail' | 'inconclusive', title: string, message: string): string {
  return `::${verdict === 'fail' ? 'error' : 'warning'} title=${property(`Onset: ${title}`)}::${data(message)}`
}

/** Line breaks would end the command, and what follows would be taken for another. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
