import { eventLine, type History, headerLine, recordLine } from '../history/index.ts'
import type { OutcomeRule } from '../spec/index.ts'

/** An imported history as the lines of a file, with the rule by which it was read. Its events are an end at most. */
export function* historyLines(history: History, outcomes: OutcomeRule): Generator<string> {
  const { startedAtMs, tool, clockSlackMs, descriptors } = history
  yield headerLine({ startedAtMs, tool, clockSlackMs, descriptors, outcomes })
  const atMs = (us: number) => startedAtMs + us / 1000
  for (let row = 0; row < history.count; row++) {
    const durationUs = history.durationUs[row] as number
    yield recordLine({
      descriptor: (descriptors[history.descriptor[row] as number] as { name: string }).name,
      sent: atMs(history.sentUs[row] as number),
      received: atMs(history.receivedUs[row] as number),
      status: history.status[row] as number,
      ...(!Number.isNaN(durationUs) && { durationMs: durationUs / 1000 }),
    })
  }
  for (const event of history.events) {
    if (event.event === 'end') yield eventLine({ event: 'end', at: atMs(event.atUs), reason: event.reason })
  }
}
