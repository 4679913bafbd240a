/**
 * Where do 429s begin for a whole organization? Sends alerts at a constant arrival rate through
 * several integrations in turn, so that none of them reaches its own limit first, and writes a
 * history that `onset check` can judge:
 *
 *   ONSET_ALERTS_URLS=https://…/formatted_webhook/TOKEN1/,https://…/formatted_webhook/TOKEN2/ \
 *     k6 run --log-format raw --console-output alerts.ndjson scenarios/alerts-per-organization.ts
 *   onset check alerts.ndjson --spec spec.yaml
 *
 * ONSET_ALERTS_URLS  links of integrations that notify nobody, separated by commas
 * ONSET_RATE         alerts a second over all of them, default 50
 * ONSET_COUNT        how many over all of them, default 510
 * ONSET_USERS        the most in flight at once, default 20
 * ONSET_TIMEOUT_MS   the longest wait for an answer, default 10000
 *
 * While the limit is reached, everybody in the organization is refused. Give the variables in the
 * environment as above, not with -e: arguments are visible to others.
 */
import { type Asked, alertTo, pace, question, textFrom } from './question.ts'

const links = textFrom('ONSET_ALERTS_URLS', 'links of integrations, separated by commas')

const asked = links
  .split(',')
  .map((link) => link.trim())
  .filter((link) => link !== '')
  .map((url, index): Asked => {
    const name = index < 26 ? String.fromCharCode(65 + index) : `A${index}`
    const scopes = { integration: name, organization: 'organization' }
    return { name, scopes, binding: alertTo(url, name), paged: false }
  })

export const { options, setup, handleSummary, ask } = question({ asked, ...pace(50, 510) })
export default ask
