import { type History, historyFromRecords, Outcome, type RecordInput } from '../../../lib/history/index.ts'

/**
 * Sends requests one after the other, as many as it says from each instant on, in milliseconds since the first.
 * Each is recorded with the clock's milliseconds before and after.
 */
export async function burstsAt(
  url: string,
  bursts: readonly [atMs: number, count: number][],
): Promise<History> {
  const startedAtMs = Date.now()
  const now = () => Date.now() - startedAtMs
  const records: RecordInput[] = []
  for (const [atMs, count] of bursts) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - now())))
    for (let request = 0; request < count; request++) {
      const sentMs = now()
      const response = await fetch(url, { headers: { 'x-key': 'K' } })
      await response.arrayBuffer()
      const { status } = response
      const outcome = status === 200 ? Outcome.accepted : status === 429 ? Outcome.limited : Outcome.unknown
      records.push({ descriptor: 'K', sentUs: sentMs * 1000, receivedUs: now() * 1000, outcome, status })
    }
  }
  const descriptors = [{ name: 'K', scopes: { apiKey: 'K' } }]
  return historyFromRecords({ tool: 'test', startedAtMs, clockSlackMs: 1, descriptors }, records)
}
