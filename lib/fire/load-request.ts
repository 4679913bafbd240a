/** Which request of a plan's loads it is: the load, and the place in its schedule, both counted from 0. */
export interface LoadRequest {
  load: number
  turn: number
}

/** The id of a request of a load, which its record holds as `request`; no other request has the same. */
export function loadRequestId({ load, turn }: LoadRequest): string {
  return `l${load}.${turn}`
}

/**
 * Reads such an id. With it the lateness of a request is known: what was sent at `sent` was due at
 * `loadsStartedAtMs[load] + scheduleOf(load)[turn]`.
 * @returns `undefined` for the id of a request that is not from a load.
 */
export function readLoadRequest(id: string | undefined): LoadRequest | undefined {
  const [, load, turn] = /^l(\d+)\.(\d+)$/.exec(id ?? '') ?? []
  return load === undefined ? undefined : { load: Number(load), turn: Number(turn) }
}
