import { phaseText, progressLine, renderProgress } from '../../../reports/terminal/index.ts'
import { describeK6Event, type K6Event } from '../../fire/k6/index.ts'
import type { Watcher } from '../../run/index.ts'
import type { Screen } from '../screen.ts'

/** Whoever watches a run on a screen, from looking for k6 on. */
export interface ScreenWatcher extends Watcher {
  onK6(event: K6Event): void
}

/** In a log a line now and then is enough. */
const logEveryMs = 5_000

/**
 * Shows a run on a screen: phases as sentences, progress in place where the screen is live, and
 * otherwise as a line every five seconds, if that was asked for.
 */
export function createRunWatcher(screen: Screen, logProgress: boolean): ScreenWatcher {
  let loggedMs = 0
  let waiting = false
  return {
    onPhase(phase) {
      screen.clear()
      const text = phaseText(phase)
      if (text !== undefined) screen.say(text)
    },
    onProgress(progress) {
      if (screen.live) screen.show(renderProgress(progress, screen.view))
      else if (logProgress && progress.elapsedMs - loggedMs >= logEveryMs) {
        loggedMs = progress.elapsedMs
        screen.say(progressLine(progress))
      }
    },
    onK6(event) {
      const { kind } = event
      if (screen.live && kind !== 'skipped' && kind !== 'started') {
        screen.show([describeK6Event(event).slice(0, screen.view.width - 1)])
      } else if (kind === 'skipped' || kind === 'started' || (kind === 'waiting' && !waiting)) {
        waiting ||= kind === 'waiting'
        screen.say(describeK6Event(event))
      }
    },
  }
}
