// A process of its own that finds k6 and reports to the test that started it: `node k6-finder.ts BASE_URL`.
// Each event and at last the result is a message; SIGINT interrupts it as it does the command line.
import { findK6 } from '../../lib/fire/k6/index.ts'

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort(new Error('interrupted')))

const result = await findK6({
  platform: 'linux',
  arch: 'x64',
  signal: interruption.signal,
  releases: { baseUrl: process.argv[2] ?? '', answerTimeoutMs: 20_000, stallTimeoutMs: 20_000 },
  onEvent: (event) => process.send?.({ event }),
}).catch((error: Error) => ({ rejected: error.message }))
process.send?.({ result }, () => process.disconnect())
