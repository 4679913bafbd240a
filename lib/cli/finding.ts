/** One thing that a run needs: what was found and, where that will not do, what to do. */
export interface Finding {
  name: string
  ok: boolean
  found: string
  advice?: string
  /** Is it for the author of the spec to mend, and not a fault of the world? */
  mistake?: boolean
}
