/**
 * Where do 429s begin for one integration? Sends alerts at a constant arrival rate, and writes a
 * history that `onset check` can judge:
 *
 *   ONSET_ALERTS_URL=https://oncall.example.org/integrations/v1/formatted_webhook/TOKEN/ \
 *     k6 run --log-format raw --console-output alerts.ndjson scenarios/alerts-per-integration.ts
 *   onset check alerts.ndjson --spec spec.yaml
 *
 * ONSET_ALERTS_URL  the integration's link; use one that notifies nobody
 * ONSET_RATE        alerts a second, default 30
 * ONSET_COUNT       how many, default 310
 * ONSET_USERS       the most in flight at once, default 20
 * ONSET_TIMEOUT_MS  the longest wait for an answer, default 10000
 *
 * Give them as variables of the environment as above, not with -e: arguments are visible to others.
 */
import { alertTo, pace, question, textFrom } from './question.ts'

const url = textFrom('ONSET_ALERTS_URL', 'the link of an integration')
const scopes = { integration: 'A', organization: 'organization' }

export const { options, setup, handleSummary, ask } = question({
  asked: [{ name: 'A', scopes, binding: alertTo(url, 'A'), paged: false }],
  ...pace(30, 310),
})
export default ask
