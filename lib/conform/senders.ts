import type { NeededIntegration } from './experiments/experiment.ts'
import { limitOf, type Site } from './site.ts'

/** An integration is brought no nearer to its own limit: what is refused must be so by the organization's. */
const mostOfIntegration = 0.75

/** No more are made for one experiment. */
export const mostSenders = 24

/** Those that other experiments need as well, so that few have to be made. */
const usual = [...'ABCDEFGHI']

/** How many integrations it takes to send so many alerts in turn, none of them near its own limit. */
export function sendersFor(site: Pick<Site, 'limits'>, alerts: number): number {
  const limit = limitOf(site, 'integration')?.limit ?? Number.POSITIVE_INFINITY
  return Math.max(1, Math.ceil(alerts / (mostOfIntegration * limit)))
}

/** So many integrations by which an organization is brought to its limit, after the first few of all there are. */
export function senders(count: number, after = 0): string[] {
  return Array.from({ length: count }, (_, k) => usual[after + k] ?? `L${after + k + 1 - usual.length}`)
}

/** The same as integrations that an experiment needs. */
export function neededSenders(count: number): NeededIntegration[] {
  return senders(count).map((descriptor) => ({ descriptor, type: 'formatted_webhook' }))
}
