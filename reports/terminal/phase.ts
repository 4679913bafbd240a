import type { Phase } from '../../lib/run/index.ts'
import { counted, spanText } from './amounts.ts'
import { visible } from './visible.ts'

/** What a run does now, as a sentence for people; `undefined` where there is nothing new to say. */
export function phaseText(phase: Phase): string | undefined {
  switch (phase.phase) {
    case 'target-ready':
      return phase.embedded
        ? `The embedded target listens on ${phase.url}.`
        : `The target is ${visible(phase.url)}.`
    case 'key-known': {
      const { username, role } = phase.who
      return `It answers; the API key belongs to ${visible(username)}${role ? ` (${visible(role)})` : ''}.`
    }
    case 'silent':
      return `Sending nothing for ${spanText(phase.waitMs)}, so that nothing from before counts.`
    case 'fixtures-ready': {
      const { descriptors } = phase
      if (descriptors.length === 0) return undefined
      const notify = descriptors.length === 1 ? 'that notifies' : 'that notify'
      return `Made ${counted(descriptors.length, 'integration')} ${notify} nobody: ${descriptors.join(', ')}.`
    }
    case 'firing':
      return 'k6 starts firing.'
    case 'fired':
      return phase.outcome === 'finished' ? 'k6 has finished.' : 'The firing has stopped.'
    case 'reading-back':
      return `Reading back what became of the alerts of ${counted(phase.count, 'integration')}.`
    case 'waiting-to-read-back':
      return `The API key is at its limit, so they are read in ${spanText(phase.waitMs)}; Ctrl-C skips that.`
    case 'read-back':
      return phase.found === 0
        ? 'What was accepted exists, and what was refused does not.'
        : `What exists and what was answered differ, or are not known to agree: ${counted(phase.found, 'finding')}.`
    case 'removing':
      return `Removing ${counted(phase.count, 'integration')}.`
    case 'waiting-to-remove':
      return `The API key is at its limit, so they are removed in ${spanText(phase.waitMs)}; Ctrl-C leaves them.`
    case 'removed':
      return phase.left.length === 0
        ? 'Removed.'
        : `${counted(phase.left.length, 'integration')} could not be removed.`
  }
}
