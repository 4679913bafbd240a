import type { Result } from '../../lib/result/index.ts'
import { answerBlocks } from './answers.ts'
import { explainedLines } from './explained.ts'
import { findings } from './findings.ts'
import { foundInTarget } from './found.ts'
import { headline } from './headline.ts'
import { latencyTable } from './latency.ts'
import { limitsTable } from './limits.ts'
import { measuredTable } from './measured.ts'
import { notes } from './notes.ts'
import { createStyle } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'

/** A file that belongs to a result, and what it is. */
export interface NamedFile {
  what: string
  path: string
}

/**
 * A result for people, on a terminal or in a log. Every verdict is a word, colour only goes with it;
 * what names or servers say is shown with control characters made visible. Lines fit into the width
 * (80 columns hold everything), except for paths, which stay whole so that they can be copied.
 */
export function renderResult(result: Result, files: readonly NamedFile[], view: View): string {
  const blocks = [
    headline(result, view),
    ...(result.limits.length > 0 ? [limitsTable(result.limits, view)] : []),
    ...(result.measured && result.measured.length > 0 ? [measuredTable(result.measured, view)] : []),
    ...answerBlocks(result, view),
    ...findings(result, view),
    ...foundInTarget(result, view),
    ...explainedLines(result.explained ?? [], view),
    ...notes(result, view),
    ...(result.latency && result.latency.length > 0 ? [latencyTable(result.latency, view)] : []),
    ...(files.length > 0 ? [fileList(files, view)] : []),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** Files with what they are, a line each. */
export function fileList(files: readonly NamedFile[], view: View): string[] {
  const widest = Math.max(...files.map(({ what }) => what.length))
  const style = createStyle(view.color)
  return [style.faint('FILES'), ...files.map(({ what, path }) => `${what.padEnd(widest)}  ${visible(path)}`)]
}
