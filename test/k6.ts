import { lookForK6 } from '../lib/fire/k6/index.ts'

/**
 * Finds k6 once for all tests and hands it to them as ONSET_K6, where none is named yet. Gets none:
 * that is the set-up's work (`npm run setup`), and the tests that need one say so.
 */
export default async function shareK6(): Promise<void> {
  const k6 = await lookForK6()
  if (k6.found) process.env.ONSET_K6 = k6.path
}
