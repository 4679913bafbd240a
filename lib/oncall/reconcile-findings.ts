import type { Delivery, Finding, FindingLevel } from '../result/finding.ts'
import type { Reconciliation } from '../result/result.ts'
import { compareAlerts, type Disagreement } from './compare-alerts.ts'
import type { ReadBack } from './reconcile.ts'

/** Is what the target lost, doubled or took in all the same a failure, or only reported? */
export type ReconcileMode = 'fail' | 'report'

/** What the result of a run says about what was read back. */
export interface Reconciled {
  findings: Finding[]
  reconciliation: Reconciliation[]
  delivery: Delivery[]
}

/** So many requests are named in a finding; the history has all of them. */
const namedRequests = 50

/**
 * Puts what was read back into words and numbers. Pure.
 * @param deliveredWithinMs how long was waited for what had not come.
 */
export function reconciled(
  readBack: readonly ReadBack[],
  mode: ReconcileMode,
  deliveredWithinMs: number,
): Reconciled {
  const certain: FindingLevel = mode === 'fail' ? 'fail' : 'note'
  return {
    findings: readBack.flatMap((one) => findingsOf(one, certain, deliveredWithinMs)),
    reconciliation: readBack.map(rowOf),
    delivery: readBack.flatMap(({ descriptor, lagMs }): Delivery[] =>
      lagMs ? [{ descriptor, lagMs: [lagMs[0], lagMs[1] ?? null] }] : [],
    ),
  }
}

function findingsOf(readBack: ReadBack, certain: FindingLevel, deliveredWithinMs: number): Finding[] {
  const { descriptor, sent, own, existing, complete } = readBack
  const open: Finding = {
    kind: 'unreconciled',
    level: 'inconclusive',
    descriptor,
    why: whyOpen(readBack),
  }
  if (!existing) return [open]
  const all = compareAlerts(sent, existing)
  const sure = complete ? all : all.filter(({ kind }) => kind !== 'lost-alerts')
  const isMissing = existing.count < sent.accepted.size
  const found = sure.map((disagreement): Finding => {
    const { kind, count, requests } = disagreement
    return {
      kind,
      level: levelOf(kind, own, certain),
      descriptor,
      count,
      why: whyOf(disagreement, readBack, deliveredWithinMs),
      ...(requests.length > 0 && { requests: requests.slice(0, namedRequests) }),
    }
  })
  return !complete && isMissing ? [...found, open] : found
}

function levelOf(kind: Disagreement['kind'], own: boolean, certain: FindingLevel): FindingLevel {
  if (kind === 'split-group') return 'note'
  // An alert of a request that the history does not know may be one whose record was lost.
  if (kind === 'unknown-alerts') return 'inconclusive'
  // Where others group alerts in their own way, ours may be among theirs, and theirs among ours.
  return own || kind === 'doubled-alerts' || kind === 'refused-alert-exists' ? certain : 'inconclusive'
}

function rowOf(readBack: ReadBack): Reconciliation {
  const { descriptor, sent, existing, problem } = readBack
  const [least, most] = [sent.accepted.size, sent.accepted.size + sent.unknown.size]
  return {
    descriptor,
    accepted: [least, most],
    counted: existing?.count ?? null,
    agrees: doesAgree(readBack),
    ...(problem && { why: problem }),
  }
}

/** Do they agree? `null` where that is open. */
function doesAgree({ sent, own, existing, complete }: ReadBack): boolean | null {
  if (!existing) return null
  const found = compareAlerts(sent, existing).filter(({ kind }) => kind !== 'split-group')
  if (found.length === 0) return true
  const isSure = ({ kind }: Disagreement) =>
    levelOf(kind, own, 'fail') === 'fail' && (complete || kind !== 'lost-alerts')
  return found.some(isSure) ? false : null
}

function whyOpen({ sent, existing, problem }: ReadBack): string {
  const accepted = alerts(sent.accepted.size)
  const reason = problem ?? 'The reading was cut short.'
  return existing
    ? `Of ${accepted} that were accepted the target had ${existing.count} when the reading ended; the others may have come later. ${reason}`
    : `Whether the ${accepted} that were accepted exist was not read back. ${reason}`
}

/** Said of integrations that were there before. */
const grouping =
  ' The integration was there before: it may group alerts in its own way, and those of others with ours.'

function whyOf(
  { kind, count: [least, most] }: Disagreement,
  { sent, own, existing, problem }: ReadBack,
  deliveredWithinMs: number,
): string {
  const { accepted, limited, unknown } = sent
  const counted = existing?.count ?? 0
  const bound = least === most ? `${least}` : `at least ${least}`
  const unread = problem === undefined ? '' : ` Which ones they are could not be read. ${problem}`
  const may = unknown.size > 0 ? `, and ${unknown.size} more may have been` : ''
  switch (kind) {
    case 'lost-alerts':
      return `${bound} of ${alerts(accepted.size)} that were accepted ${is(least)} lost: the target counts ${counted}, ${seconds(deliveredWithinMs)} after the last one was sent.${unread}${own ? '' : grouping}`
    case 'doubled-alerts':
      return `${bound} of the ${alerts(counted)} that the target has ${is(least)} there a second time: each was sent once.`
    case 'refused-alert-exists':
      return `${bound} of ${alerts(limited.size)} that were refused ${least === 1 ? 'exists' : 'exist'} all the same: whoever sent them was told that they were not taken.`
    case 'surplus-alerts':
      return `The target has ${bound} ${least === 1 ? 'alert' : 'alerts'} too many: it counts ${counted}, and ${accepted.size} were accepted${may}. The others are there a second time, or were refused.${unread}${own ? '' : grouping}`
    case 'unknown-alerts':
      return `${bound} of the ${alerts(counted)} that the target has ${least === 1 ? 'names a request' : 'name requests'} of this run that the history does not have.`
    case 'split-group':
      return `The alerts fell into ${least} alert groups instead of one, although all have the same alert_uid: their counts were added up.`
  }
}

function alerts(count: number): string {
  return count === 1 ? '1 alert' : `${count} alerts`
}

function is(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`
}
