import { neverConnected } from './request-error.ts'

/** So many answers in a row are looked at together. */
const span = 40

/** Fewer than this say nothing. */
const fewest = 10

/** More than this share of failed connections means that the target cannot be reached. */
const boundShare = 0.5

/**
 * Makes a pure observer of answers that says when the target cannot be reached any more: when more
 * than half of the last 40 answers, and of at least 10, are connections that were never made.
 */
export function createReach(): (status: number, errorCode: number) => boolean {
  const failed: boolean[] = []
  return (status, errorCode) => {
    failed.push(status === 0 && neverConnected(errorCode))
    if (failed.length > span) failed.shift()
    return failed.length >= fewest && failed.filter(Boolean).length > boundShare * failed.length
  }
}
