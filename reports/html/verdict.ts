import type { Verdict } from '../../lib/result/index.ts'
import { type Html, html } from './html.ts'

const words = { pass: 'Pass', fail: 'Fail', inconclusive: 'Inconclusive' } as const

const icons: Readonly<Record<Verdict, Html>> = {
  pass: html`<circle cx="12" cy="12" r="11"/><path d="M6.5 12.5l3.7 3.7 7.3-8"/>`,
  fail: html`<path class="shape" d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z"/><path d="M8 8l8 8m0-8l-8 8"/>`,
  inconclusive: html`<rect x="1" y="1" width="22" height="22" rx="5"/><path d="M9.3 9.6a2.8 2.8 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2"/><path d="M12 17v.3"/>`,
}

/** A verdict as a sign of its own shape with its word beside it: never colour alone. */
export function verdictBadge(verdict: Verdict): Html {
  return html`<span class="verdict ${verdict}"><svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${icons[verdict]}</svg>${words[verdict]}</span>`
}
