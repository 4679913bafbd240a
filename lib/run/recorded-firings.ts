import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { HistoryRecord } from '../history/index.ts'

/** The id of a request of a firing's only load: the firing, and its place in the schedule. */
const ofFiring = /"request":"(\d+)-l0\.\d+"/

/**
 * The records of each firing of a history that can be read, by the number of the firing.
 * @throws {NodeJS.ErrnoException} where the file cannot be read.
 */
export async function recordedFirings(path: string): Promise<Map<number, HistoryRecord[]>> {
  const firings = new Map<number, HistoryRecord[]>()
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const number = Number(ofFiring.exec(line)?.[1])
    // The last line of a history that was cut off is none.
    if (Number.isNaN(number) || !line.endsWith('}')) continue
    const records = firings.get(number) ?? []
    records.push(JSON.parse(line) as HistoryRecord)
    firings.set(number, records)
  }
  return firings
}
