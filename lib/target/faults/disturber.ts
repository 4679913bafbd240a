import type { Disturbance } from './config.ts'

/** Where a request goes. */
export type Side = 'api' | 'ingest'

/** Says which disturbance a request meets, if any. To be asked once for each request, in their order. */
export type Disturber = (side: Side) => Disturbance | undefined

/** Makes a disturber. Each disturbance counts the requests on its side by itself. */
export function createDisturber(disturbances: readonly Disturbance[]): Disturber {
  const states = disturbances.map((disturbance) => ({ disturbance, seen: 0, happened: 0 }))
  let alertRequests = 0

  return (side) => {
    if (side === 'ingest') alertRequests++
    let met: Disturbance | undefined
    for (const state of states) {
      const { on, after, afterAlerts, every, burst, times = Number.POSITIVE_INFINITY } = state.disturbance
      const begun = side === 'ingest' ? alertRequests > afterAlerts : alertRequests >= afterAlerts
      if (!begun || (on !== 'all' && on !== side)) continue
      const index = state.seen++ - after
      if (met || index < 0 || index % every >= burst || state.happened >= times) continue
      state.happened++
      met = state.disturbance
    }
    return met
  }
}
