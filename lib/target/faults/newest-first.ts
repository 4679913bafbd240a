import type { Directory } from '../store/directory.ts'

/**
 * Lists integrations newest first. Pages are cut by place, so one that is made moves each of the others on
 * by one: the last of a page becomes the first of the next.
 */
export function newestFirst(directory: Directory): Directory {
  return {
    ...directory,
    integrations: (organization) => directory.integrations(organization).toReversed(),
  }
}
