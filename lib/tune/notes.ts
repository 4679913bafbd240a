import type { CandidateLimit } from './candidate.ts'
import type { Replayed } from './tally.ts'

/** What a reader has to know to take the numbers of a replay for what they are, in sentences. */
export function replayNotes(replayed: readonly Replayed[]): string[] {
  const limits = replayed.flatMap(({ candidate }) => candidate.limits)
  const followsClock = limits.some(({ algorithm }) => clocked.includes(algorithm))
  const today = replayed[0]
  const seen = today && today.refusedOfAccepted + today.acceptedOfLimited
  return [
    'The requests come when they came: nobody who is refused tries again, and nobody who is let through stops trying. Each arrives when it was sent. Before the first, nothing was counted.',
    ...(followsClock
      ? [
          'Windows that follow a clock begin at multiples of their length since the Unix epoch. The real ones may begin elsewhere.',
        ]
      : []),
    ...(limits.some(({ refillEveryMs }) => refillEveryMs !== undefined)
      ? [
          'Buckets that are refilled at intervals are so at multiples of them since the Unix epoch. The real ones may be at other times.',
        ]
      : []),
    ...(limits.some(({ serverClock }) => serverClock === '1s')
      ? ['Where the server counts in whole seconds, they begin where those of the Unix clock do.']
      : []),
    ...(seen ? [recordedWords(today)] : []),
  ]
}

const clocked: readonly CandidateLimit['algorithm'][] = ['fixed-window', 'sliding-counter']

/** How far today's limits, replayed, are from what the platform did. */
function recordedWords({ refusedOfAccepted, acceptedOfLimited }: Replayed): string {
  const parts = [
    ...(refusedOfAccepted > 0
      ? [`refuse ${refusedOfAccepted} that were accepted when they were recorded`]
      : []),
    ...(acceptedOfLimited > 0 ? [`let ${acceptedOfLimited} through that were refused`] : []),
  ]
  return `Replayed, today's limits ${parts.join(' and ')}: windows begin elsewhere, the platform has other limits, or others used them too.`
}
