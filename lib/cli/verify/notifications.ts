import { visible } from '../../../reports/terminal/index.ts'
import type { Permit, Wakes } from '../../run/index.ts'
import { askYes, canAsk } from './confirmation.ts'

/**
 * Who may be notified by a run: nobody, but through integrations whose ids somebody spelled out. On a
 * terminal that is asked again, with the words of each route.
 * @param ids what `--allow-notifications` was given.
 */
export function permitOf(ids: readonly string[], signal: AbortSignal): Permit {
  return async (wakes: readonly Wakes[]) => {
    if (!wakes.every(({ integrationId }) => ids.includes(integrationId))) return false
    if (!canAsk()) return true
    const sentences = wakes.flatMap(({ sentences }) => sentences)
    const lines = ['Alerts will notify people:', ...sentences.map((one) => `  - ${visible(one)}`)]
    await askYes(lines, signal, 'No alert was sent.')
    return true
  }
}
