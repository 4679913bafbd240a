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
      const whose = `belongs to ${visible(username)}${role ? ` (${visible(role)})` : ''}.`
      if (phase.use === 'load') return `A further key for the load ${whose}`
      return phase.use === 'setup' ? `The key for making ready ${whose}` : `It answers; the API key ${whose}`
    }
    case 'silent':
      return `Sending nothing for ${spanText(phase.waitMs)}, so that nothing from before counts.`
    case 'making-fixtures': {
      const { descriptors, runId } = phase
      if (descriptors.length === 0) return undefined
      return `Making ${counted(descriptors.length, 'integration')}, named "Onset load test ${runId}" and a letter.`
    }
    case 'fixtures-ready': {
      const { descriptors, own, loud } = phase
      if (descriptors.length === 0) return undefined
      const what = own === false ? 'Using' : 'Made'
      const notify = descriptors.length === 1 ? 'that notifies' : 'that notify'
      const whom = loud ? 'somebody, as was permitted' : 'nobody'
      return `${what} ${counted(descriptors.length, 'integration')} ${notify} ${whom}: ${descriptors.join(', ')}.`
    }
    case 'firing':
      return 'k6 starts firing.'
    case 'fired':
      return phase.outcome === 'finished' ? 'k6 has finished.' : 'The firing has stopped.'
    case 'sparing-key':
      return `So as not to use up the limit of the API key, this goes on in ${spanText(phase.waitMs)}.`
    case 'reading-back':
      return `Reading back what became of the alerts of ${counted(phase.count, 'integration')}.`
    case 'waiting-to-read-back':
      return `The API key is at its limit, so they are read in ${spanText(phase.waitMs)}; Ctrl-C skips that.`
    case 'read-back':
      if (phase.found > 0)
        return `What exists and what was answered differ: ${counted(phase.found, 'finding')}.`
      return phase.open > 0
        ? `What became of the alerts of ${counted(phase.open, 'integration')} could not be read back.`
        : 'What was accepted exists, and what was refused does not.'
    case 'resolving':
      return `Resolving the alert groups of ${counted(phase.count, 'integration')}.`
    case 'removing':
      return `Removing ${counted(phase.count, 'integration')}.`
    case 'waiting-to-remove':
      return `The API key is at its limit, so this goes on in ${spanText(phase.waitMs)}; Ctrl-C leaves what is there.`
    case 'removed':
      return phase.left.length === 0
        ? 'Removed.'
        : `${counted(phase.left.length, 'integration')} could not be removed.`
  }
}
