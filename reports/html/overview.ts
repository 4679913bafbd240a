import type { LimitResult, Result } from '../../lib/result/index.ts'
import { counted, headlineWords, onsetText, recoveryText, windowText } from '../terminal/index.ts'
import { type Html, html } from './html.ts'
import { table } from './table.ts'
import { verdictBadge } from './verdict.ts'

/** The first screen: is the limit kept, and how sure is that? */
export function overview(result: Result): Html {
  const { sentence, basis } = headlineWords(result)
  return html`<section class="overview ${result.verdict}" aria-labelledby="verdict">
<h1 id="verdict">${verdictBadge(result.verdict)} <span class="sentence">${sentence}</span></h1>
${basis.map((text) => html`<p>${text}</p>\n`)}
${result.limits.length === 0 ? undefined : table('The limits and their verdicts', columns, result.limits.map(limitRow))}
</section>`
}

const columns = [
  { heading: 'Limit' },
  { heading: 'At most', isShort: true },
  { heading: 'Verdict' },
  { heading: 'Onset', isShort: true },
  { heading: 'Recovery', isShort: true },
  { heading: 'How sure is that?', isProse: true },
]

function limitRow(limit: LimitResult, index: number): (Html | string)[] {
  return [
    html`<a href="#limit-${index + 1}">${limit.name}</a>`,
    `${limit.limit} in ${windowText(limit.windowSeconds)}`,
    verdictBadge(limit.verdict),
    onsetText(limit.onset),
    recoveryText(limit.onset),
    certainty(limit),
  ]
}

/** What a verdict rests on, in a few words. */
export function certainty({
  verdict,
  rivals = [],
  certificate,
  reason,
  whatWouldSettleIt,
}: LimitResult): string {
  switch (verdict) {
    case 'pass': {
      const refuted = rivals.filter((rival) => rival.refuted).length
      const are = refuted === 1 ? 'is' : 'are'
      const neighbours = refuted === 0 ? '' : `, and ${counted(refuted, 'neighbouring limit')} ${are} refuted`
      return `A witness explains every answer${neighbours}.`
    }
    case 'fail':
      return certificate
        ? `Proved by ${counted(certificate.records.length, 'request')}, which no allowed limiter explains.`
        : 'Proved: no allowed limiter explains the history.'
    case 'inconclusive': {
      const why = reason === undefined ? 'Not settled' : `Not settled (${reason})`
      return `${why}. ${whatWouldSettleIt ?? ''}`.trim()
    }
  }
}
