import type { Interruption } from '../run/index.ts'

/** An interruption by signals, as long as it is listened to. */
export interface SignalInterruption extends Interruption {
  /** Gives the signals back their usual meaning. */
  release(): void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Turns signals into an interruption: the first asks to stop, the second not to wait for anything,
 * the third ends the process at once (whatever it started ends with it).
 * @param say tells the person that the signal was heard.
 */
export function interruptionBySignals(say: (text: string) => void): SignalInterruption {
  const stop = new AbortController()
  const hurry = new AbortController()
  let impatient = false
  const hear = (signal: NodeJS.Signals) => {
    impatient ||= signal !== 'SIGINT'
    if (!stop.signal.aborted) {
      say('Stopping; what was recorded is judged.')
      stop.abort(signal)
    } else if (!hurry.signal.aborted) {
      say('Stopping at once.')
      hurry.abort(signal)
    } else {
      process.exit(130)
    }
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    get impatient() {
      return impatient
    },
    release: () => {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
