import type { Algorithm, Limit } from './spec.ts'

/** Does it let through all the time, or at intervals, what has flowed in, instead of counting in windows? */
export function isBucket(algorithm: Algorithm): boolean {
  return algorithm === 'gcra' || algorithm === 'token-bucket'
}

/** Is a limit a bucket, whichever of the algorithms that its spec allows it has? */
export function isSurelyBucket({ algorithm }: Pick<Limit, 'algorithm'>): boolean {
  return algorithm.every(isBucket)
}
