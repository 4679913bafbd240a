import type { Command as Declared } from 'commander'
import { renderGithub } from '../../../reports/github.ts'
import { renderJunit } from '../../../reports/junit.ts'
import { renderMarkdown } from '../../../reports/markdown.ts'
import type { AgainstBase } from '../../compare/index.ts'
import type { Result } from '../../result/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import { say } from '../output.ts'
import { writeTextReport } from './write-report.ts'

/** Declares the reports that a CI system reads. */
export function declareCiReports(command: Declared): void {
  command
    .optionsGroup('For CI:')
    .option('--junit <file>', 'write the result as JUnit XML too')
    .option('--markdown <file>', 'write it as Markdown too')
    .option('--github', 'say it as annotations of a GitHub workflow, on standard error')
}

/**
 * Leaves the reports that were asked for; where one cannot be written, says so and goes on.
 * @returns whether all of them were written.
 */
export async function leaveCiReports(
  options: Asked['options'],
  result: Result,
  against: AgainstBase | undefined,
): Promise<boolean> {
  const files = [
    [options.junit, renderJunit],
    [options.markdown, renderMarkdown],
  ] as const
  let written = true
  for (const [file, render] of files) {
    if (typeof file !== 'string') continue
    try {
      await writeTextReport(file, render(result, against))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      for (const line of error.lines) say(line)
      written = false
    }
  }
  const annotations = options.github === true ? renderGithub(result, against).trimEnd() : ''
  if (annotations !== '') say(annotations)
  return written
}
