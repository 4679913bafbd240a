import type { History } from '../history/index.ts'
import type { Result } from '../result/index.ts'

/** What a run left in its folder, read. */
export interface ReadRun {
  /** As people call it: the folder's name. */
  name: string
  result: Result
  history: History
  /** What `plan.json` holds; undefined where there is none. */
  plan?: unknown
}
