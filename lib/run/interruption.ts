/** How a person or a machine asks a run to end before it is done. */
export interface Interruption {
  /** Aborted at the first request to stop: what is under way ends within a second, and is cleaned up after. */
  readonly stop: AbortSignal
  /** Aborted at the second: nothing is waited for any more. */
  readonly hurry: AbortSignal
  /** Whoever asked will not wait long before it kills, as service managers do. */
  readonly impatient: boolean
}
