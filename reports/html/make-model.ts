import type { History } from '../../lib/history/index.ts'
import type { LimitResult } from '../../lib/result/index.ts'
import { cellsOf } from './cells.ts'
import type { ReportInput } from './input.ts'
import { type KeptRows, keepRows } from './keep-rows.ts'
import { latencyOverTime } from './latency-over-time.ts'
import type { ClockBounds, LimitView, ReportModel, RuleView } from './model.ts'
import { percentileCurves } from './percentiles.ts'
import { packRows } from './rows.ts'
import { scheduleOf } from './schedule.ts'

/** What the page's script draws from, and the rows as bytes. Pure. */
export function makeModel(input: ReportInput, mostRows?: number): { model: ReportModel; bytes: Uint8Array } {
  const { result, history, plan } = input
  const kept: KeptRows = keepRows(history, result.limits, mostRows)
  const { bytes, ...rows } = packRows(kept.rows)
  const schedule = plan && scheduleOf(plan, history)
  return {
    model: {
      startedAtMs: history.startedAtMs,
      descriptors: history.descriptors.map(({ name }) => name),
      kinds: kept.kinds,
      rows,
      ...(kept.rows.count < history.count && { sampledFrom: history.count }),
      clock: clockBounds(history, input.spec.clockDriftPpm),
      limits: result.limits.map((limit) => limitView(limit, input)),
      curves: percentileCurves(history),
      overTime: latencyOverTime(history),
      ...(schedule && { schedule }),
    },
    bytes,
  }
}

/** The same widening that the verdicts rest on, in a form that a page can apply to a row. */
function clockBounds(history: History, driftPpm: number): ClockBounds {
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = Number.NEGATIVE_INFINITY
  for (let row = 0; row < history.count; row++) {
    firstUs = Math.min(firstUs, history.sentUs[row] as number)
    lastUs = Math.max(lastUs, history.receivedUs[row] as number)
  }
  for (const event of history.events) if (event.event === 'end') lastUs = Math.max(lastUs, event.atUs)
  if (history.count === 0) firstUs = lastUs = 0
  const middleUs = (firstUs + lastUs) / 2
  const slackUs = Math.ceil(history.clockSlackMs * 1000)
  const horizonUs = Math.ceil(lastUs + slackUs + ((lastUs - middleUs) * driftPpm) / 1e6)
  return { slackUs, driftPpm, middleUs, horizonUs }
}

function limitView(limit: LimitResult, { history, spec }: ReportInput): LimitView {
  const cells = cellsOf(history, limit.scope)
  const written = spec.limits.find(({ name }) => name === limit.name)
  const onsets = limit.onsets ?? (limit.onset ? [limit.onset] : [])
  const indexOf = new Map(history.descriptors.map(({ name }, index) => [name, index]))
  const sinceStartUs = (unixMs: number) => (unixMs - history.startedAtMs) * 1000
  return {
    name: limit.name,
    limit: limit.limit,
    windowUs: Math.round(limit.windowSeconds * 1e6),
    grainUs: written?.serverClock === '1s' ? 999_999 : 0,
    rule: ruleView(limit),
    cells,
    shown: shownCell(cells, limit, history),
    onsets: onsets.map(({ descriptor, firstLimitedAt, recoveredAt }) => ({
      descriptor: indexOf.get(descriptor) ?? -1,
      firstLimitedUs: sinceStartUs(firstLimitedAt),
      ...(recoveredAt !== undefined && { recoveredUs: sinceStartUs(recoveredAt) }),
    })),
    ...(limit.certificate && {
      proof: {
        lines: limit.certificate.records,
        steps: (limit.certificate.steps ?? []).map(({ records }) => records),
      },
    }),
  }
}

/** Windows are drawn where one explanation says where they start; else what one window back held is. */
export function ruleView({ explainedBy = [] }: LimitResult): RuleView {
  const fixed = explainedBy.find(({ algorithm, phaseMs }) => algorithm === 'fixed-window' && phaseMs)
  if (fixed?.phaseMs)
    return {
      kind: 'fixed',
      phaseUs: [Math.floor(fixed.phaseMs[0] * 1000), Math.ceil(fixed.phaseMs[1] * 1000)],
    }
  return explainedBy[0]?.algorithm === 'first-hit-window' ? { kind: 'first-hit' } : { kind: 'within' }
}

/** The cell that the verdict is about: that of the certificate, else of the onset, else the first. */
function shownCell(cells: LimitView['cells'], limit: LimitResult, history: History): number {
  const line = limit.certificate?.records[0]
  const row = line === undefined ? -1 : history.line.subarray(0, history.count).indexOf(line)
  const descriptor =
    row >= 0
      ? history.descriptor[row]
      : history.descriptors.findIndex(({ name }) => name === limit.onset?.descriptor)
  return Math.max(
    0,
    cells.findIndex(({ descriptors }) => descriptors.includes(descriptor as number)),
  )
}
