import type { Limit } from '../spec/index.ts'

/** Is it one that lets through all the time what has flowed in? */
export function isBucket({ algorithm }: Limit): boolean {
  return algorithm.every((one) => one === 'token-bucket' || one === 'gcra')
}
