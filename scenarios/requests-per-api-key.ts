/**
 * Where do 429s begin for one API key? Reads a list at a constant arrival rate, page after page, and
 * writes a history that `onset check` can judge:
 *
 *   ONSET_URL=https://oncall.example.org ONSET_API_KEY=… \
 *     k6 run --log-format raw --console-output requests.ndjson scenarios/requests-per-api-key.ts
 *   onset check requests.ndjson --spec spec.yaml
 *
 * ONSET_URL         the part before /api/v1/
 * ONSET_API_KEY     the key
 * ONSET_STACK_URL   only with a service-account token: its stack
 * ONSET_RATE        requests a second, default 20
 * ONSET_COUNT       how many, default 310
 * ONSET_USERS       the most in flight at once, default 20
 * ONSET_TIMEOUT_MS  the longest wait for an answer, default 10000
 *
 * While the limit is reached, everybody who uses the key is refused. Give the variables in the
 * environment as above, not with -e: arguments are visible to others.
 */
import { listBinding } from '../lib/oncall/bindings.ts'
import { pace, question, textFrom } from './question.ts'

const binding = listBinding({
  url: textFrom('ONSET_URL', 'the address of OnCall, the part before /api/v1/'),
  apiKey: textFrom('ONSET_API_KEY', 'an API key'),
  stackUrl: __ENV.ONSET_STACK_URL,
})

export const { options, setup, handleSummary, ask } = question({
  asked: [{ name: 'K', scopes: { apiKey: 'K' }, binding, paged: true }],
  ...pace(20, 310),
})
export default ask
