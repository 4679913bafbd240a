/**
 * One measurement of bench/checker.ts in a process of its own, so that the peak of its memory is its own:
 *
 *   node bench/checker/child.ts '{"do":"generate","traffic":{…},"path":"…"}'
 *   node bench/checker/child.ts '{"do":"read","traffic":{…},"path":"…"}'
 *   node bench/checker/child.ts '{"do":"check","traffic":{…},"path":"…"}'
 *
 * Each step is told on a line of its own as soon as it is done, so that a later one may be stopped.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { judge } from '../../lib/check/index.ts'
import { readHistoryFile } from '../../lib/history/index.ts'
import { historyLines, specOf, type Traffic } from './history.ts'

/** What a process is to do. */
export interface Task {
  do: 'generate' | 'read' | 'check'
  traffic: Traffic
  /** The history's file. */
  path: string
}

/** What a process tells. */
export type Told =
  | { step: 'generated'; records: number }
  | { step: 'read'; records: number; ms: number; peakBytes: number }
  | { step: 'judged'; verdict: string; ms: number; peakBytes: number }

function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`)
}

function generate({ traffic, path }: Task): void {
  const file = openSync(path, 'w')
  let batch: string[] = []
  for (const line of historyLines(traffic)) {
    if (batch.push(line) < 10_000) continue
    writeSync(file, batch.join(''))
    batch = []
  }
  writeSync(file, batch.join(''))
  closeSync(file)
  tell({ step: 'generated', records: traffic.records })
}

async function check({ do: what, traffic, path }: Task): Promise<void> {
  const spec = specOf(traffic)
  const begun = performance.now()
  const read = await readHistoryFile(path)
  const readMs = performance.now() - begun
  if (!read.ok) throw new Error(`${path}: ${JSON.stringify(read.mistakes[0])}`)
  const { history } = read
  tell({ step: 'read', records: history.count, ms: readMs, peakBytes: peakBytes() })
  if (what === 'read') return
  const judging = performance.now()
  const { verdict } = judge(history, spec)
  tell({ step: 'judged', verdict, ms: performance.now() - judging, peakBytes: peakBytes() })
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

const [given] = process.argv.slice(2)
if (given !== undefined) {
  const task = JSON.parse(given) as Task
  if (task.do === 'generate') generate(task)
  else await check(task)
}
