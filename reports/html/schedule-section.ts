import { millisecondsText } from '../terminal/index.ts'
import { type Html, html } from './html.ts'
import { plotFrame } from './plot-frame.ts'
import type { Schedule } from './schedule.ts'
import { table } from './table.ts'

/** Were the opening bursts sent when they should have been? Where that cannot be told, that is said. */
export function scheduleSection(schedule: Schedule | undefined, hasPlan: boolean): Html {
  if (!schedule) {
    const why = hasPlan
      ? 'The plan of this run has no burst whose requests can be told from others, so that scheduled and actual times cannot be compared.'
      : 'There is no plan beside this history, so that nothing is known of when requests should have been sent.'
    return html`<section aria-labelledby="schedule"><h2 id="schedule">Scheduled and sent</h2><p>${why}</p></section>`
  }
  const { fills, leftOut } = schedule
  return html`<section aria-labelledby="schedule">
<h2 id="schedule">Scheduled and sent</h2>
<p class="note">How much later than planned each request of an opening burst was sent. A plan counts from the start of the firing, which the history does not hold: its zero is put where the earliest request is on time. What is sent after the bursts follows the answers, and has no schedule.</p>
${plotFrame({ kind: 'schedule', title: 'Lateness against the plan', index: 0 })}
${table(
  'Opening bursts',
  [
    { heading: 'Descriptor' },
    { heading: 'Planned', isNumber: true },
    { heading: 'Sent', isNumber: true },
    { heading: 'Latest by, ms', isNumber: true },
  ],
  fills.map(({ descriptor, planned, sent, latestMs }) => [
    descriptor,
    String(planned),
    String(sent),
    sent === 0 ? '' : millisecondsText(latestMs),
  ]),
)}
${leftOut.length > 0 ? html`<p class="note">Not shown: the opening burst of ${leftOut.join(', ')}. The preparation of a run asks with the same key, so that the history does not tell which requests were the burst's.</p>` : undefined}
</section>`
}
