import { renderGithub } from '../../../reports/github.ts'
import { renderHgrm, renderHlog } from '../../../reports/histograms.ts'
import type { ReportInput } from '../../../reports/html/index.ts'
import { renderJson } from '../../../reports/json.ts'
import { renderJunit } from '../../../reports/junit.ts'
import { renderMarkdown } from '../../../reports/markdown.ts'
import { renderOpenmetrics } from '../../../reports/openmetrics.ts'

/** What a run is rendered as that other programs read, by the name of the format. */
export const textFormats = {
  json: ({ result }) => renderJson(result),
  junit: ({ result }) => renderJunit(result),
  markdown: ({ result }) => renderMarkdown(result),
  github: ({ result }) => renderGithub(result),
  openmetrics: ({ result }) => renderOpenmetrics(result),
  hgrm: ({ history }) => renderHgrm(history),
  hlog: ({ history }) => renderHlog(history),
} as const satisfies Record<string, (input: ReportInput) => string>
