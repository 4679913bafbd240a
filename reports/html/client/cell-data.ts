import {
  alignedWindows,
  type Counted,
  type CountLines,
  countLines,
  firstHitWindows,
  type Window,
} from '../count.ts'
import type { LimitView, ReportModel } from '../model.ts'
import type { RequestKind, Rows } from '../rows.ts'

/** The requests that met one value of a limit's scope, in the order in which they were sent. */
export interface CellData {
  count: number
  /** Indices into the rows of the page. */
  row: Uint32Array
  sentUs: Float64Array
  receivedUs: Float64Array
  /** Between which instants each was decided. */
  loUs: Float64Array
  hiUs: Float64Array
  outcome: Uint8Array
  lines: CountLines
  /** Windows that are known; empty where the count goes one window back. */
  windows: readonly Window[]
  most: number
}

/** Picks the requests of a cell and counts them. */
export function cellData(model: ReportModel, rows: Rows, limit: LimitView, cell: number): CellData {
  const wanted = new Set(limit.cells[cell]?.descriptors)
  const isWanted = model.kinds.map(({ descriptor }) => wanted.has(descriptor))
  let count = 0
  const found = new Uint32Array(rows.count)
  for (let row = 0; row < rows.count; row++) if (isWanted[rows.kind[row] as number]) found[count++] = row
  const row = found.slice(0, count)
  const { slackUs, driftPpm, middleUs, horizonUs } = model.clock
  const driftUs = (us: number) => (Math.abs(us - middleUs) * driftPpm) / 1e6
  const column = () => new Float64Array(count)
  const data = { sentUs: column(), receivedUs: column(), outcome: new Uint8Array(count) }
  const counted: Counted = { loUs: column(), hiUs: column(), surely: column(), possibly: column() }
  for (let k = 0; k < count; k++) {
    const at = row[k] as number
    const kind = model.kinds[rows.kind[at] as number] as RequestKind
    const sent = rows.sentUs[at] as number
    const received = rows.receivedUs[at] as number
    const units = kind.cost + (rows.leftOut[at] as number)
    data.sentUs[k] = sent
    data.receivedUs[k] = received
    data.outcome[k] = kind.outcome
    counted.loUs[k] = Math.floor(sent - slackUs - driftUs(sent)) - limit.grainUs
    counted.hiUs[k] =
      kind.outcome === 2 && kind.status === 0 ? horizonUs : Math.ceil(received + slackUs + driftUs(received))
    counted.surely[k] = kind.outcome === 0 ? units : 0
    counted.possibly[k] = kind.outcome === 1 ? 0 : units
  }
  const windows = windowsOf(limit, counted)
  const lines = countLines(
    counted,
    limit.rule.kind === 'within'
      ? { kind: 'within', windowUs: limit.windowUs }
      : { kind: 'windows', windows },
  )
  const most = lines.possibly.value.reduce((high, value) => Math.max(high, value), 0)
  return { count, row, ...data, loUs: counted.loUs, hiUs: counted.hiUs, lines, windows, most }
}

function windowsOf({ rule, windowUs }: LimitView, counted: Counted): readonly Window[] {
  const { length } = counted.loUs
  if (length === 0 || rule.kind === 'within') return []
  if (rule.kind === 'first-hit') return firstHitWindows(counted, windowUs)
  const lastUs = counted.hiUs.reduce((last, us) => Math.max(last, us), 0)
  return alignedWindows(rule.phaseUs, windowUs, counted.loUs[0] as number, lastUs)
}
