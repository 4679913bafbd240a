import type { CorrectLimiter } from '../fault.ts'
import { bucketOfFractions } from './bucket-of-fractions.ts'
import { counterInIntegers } from './counter-in-integers.ts'
import { decidesThenWaits } from './decides-then-waits.ts'
import { gcraInBigIntegers } from './gcra-in-big-integers.ts'
import { incrementAndExpire } from './increment-and-expire.ts'
import { intervalRefill } from './interval-refill.ts'
import { leakingMeter } from './leaking-meter.ts'
import { logThatAddsFirst } from './log-that-adds-first.ts'
import { models } from './models.ts'
import { nthNewestLog } from './nth-newest-log.ts'
import { ringBufferLog } from './ring-buffer-log.ts'
import { sortedSetLog } from './sorted-set-log.ts'
import { waitsThenDecides } from './waits-then-decides.ts'
import { windowByHash } from './window-by-hash.ts'
import { windowInTheName } from './window-in-the-name.ts'

/** Limiters that are what they say: the models, and others that were written without them. */
export const correctLimiters: readonly CorrectLimiter[] = [
  ...models,
  bucketOfFractions,
  counterInIntegers,
  decidesThenWaits,
  gcraInBigIntegers,
  incrementAndExpire,
  intervalRefill,
  leakingMeter,
  logThatAddsFirst,
  nthNewestLog,
  ringBufferLog,
  sortedSetLog,
  waitsThenDecides,
  windowByHash,
  windowInTheName,
]
