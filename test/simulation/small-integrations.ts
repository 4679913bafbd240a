import type { History } from '../../lib/history/index.ts'
import type { Algorithm, Spec } from '../../lib/spec/index.ts'
import { documentedLimits, documentedSpec, simulateOncall } from './oncall.ts'

/** A full run against limits that are kept, where it takes many integrations to fill the organization. */
export function smallIntegrations(
  alerts: { integration: number; organization: number },
  algorithm: Algorithm,
  seed: number,
): { history: History; spec: Spec } {
  const limits = { ...documentedLimits, ...alerts }
  const spec = documentedSpec({ algorithm: [algorithm] }, limits)
  return { history: simulateOncall(spec, { algorithm, ...limits }, seed), spec }
}
