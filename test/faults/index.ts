import { alignedToMinute } from './aligned-to-minute.ts'
import { bucketCalledWindow } from './bucket-called-window.ts'
import { burstOneMore } from './burst-one-more.ts'
import { burstTooLarge } from './burst-too-large.ts'
import { cachedAcceptance } from './cached-acceptance.ts'
import { cachedRefusal } from './cached-refusal.ts'
import { checkThenCount } from './check-then-count.ts'
import { clocksApart } from './clocks-apart.ts'
import { costCheckedAsOne } from './cost-checked-as-one.ts'
import { costDoubled } from './cost-doubled.ts'
import { costIgnored } from './cost-ignored.ts'
import { countWraps } from './count-wraps.ts'
import { counterCountsPreviousWhole } from './counter-counts-previous-whole.ts'
import { counterForgetsPrevious } from './counter-forgets-previous.ts'
import { counterWeighsBackwards } from './counter-weighs-backwards.ts'
import { countsRefused } from './counts-refused.ts'
import { dropsOneEntry } from './drops-one-entry.ts'
import { earlyRecovery } from './early-recovery.ts'
import { evictionForgets } from './eviction-forgets.ts'
import { expiryBySecond } from './expiry-by-second.ts'
import { expiryLost } from './expiry-lost.ts'
import { expiryRefreshed } from './expiry-refreshed.ts'
import { failsClosed } from './fails-closed.ts'
import { failsOpen } from './fails-open.ts'
import type { FaultyLimiter } from './fault.ts'
import { fixedCalledSliding } from './fixed-called-sliding.ts'
import { forgetsRefused } from './forgets-refused.ts'
import { freesOnAnswer } from './frees-on-answer.ts'
import { grace } from './grace.ts'
import { intervalRounded } from './interval-rounded.ts'
import { jitteredWindow } from './jittered-window.ts'
import { keyTooNarrow } from './key-too-narrow.ts'
import { keysCollide } from './keys-collide.ts'
import { lateRecovery } from './late-recovery.ts'
import { lateTimer } from './late-timer.ts'
import { limitASecond } from './limit-a-second.ts'
import { limitGrows } from './limit-grows.ts'
import { limitTimesReplicas } from './limit-times-replicas.ts'
import { logOffByOne } from './log-off-by-one.ts'
import { logWrittenLater } from './log-written-later.ts'
import { lostUpdates } from './lost-updates.ts'
import { minimumSpacing } from './minimum-spacing.ts'
import { offByOneLess } from './off-by-one-less.ts'
import { offByOneMore } from './off-by-one-more.ts'
import { quotaInBatches } from './quota-in-batches.ts'
import { refillInTicks } from './refill-in-ticks.ts'
import { refillLate } from './refill-late.ts'
import { refillLosesFractions } from './refill-loses-fractions.ts'
import { refillOneTooMany } from './refill-one-too-many.ts'
import { refillTimerDrifts } from './refill-timer-drifts.ts'
import { refillTooFast } from './refill-too-fast.ts'
import { refillTooSlow } from './refill-too-slow.ts'
import { refusalChargedTwice } from './refusal-charged-twice.ts'
import { refusalExtendsWindow } from './refusal-extends-window.ts'
import { refusalForAll } from './refusal-for-all.ts'
import { refusalTakesTheRest } from './refusal-takes-the-rest.ts'
import { resetsTwice } from './resets-twice.ts'
import { restartForgets } from './restart-forgets.ts'
import { rollbackTwice } from './rollback-twice.ts'
import { sameInstantOnce } from './same-instant-once.ts'
import { sampled } from './sampled.ts'
import { secondsAsMilliseconds } from './seconds-as-milliseconds.ts'
import { sharedBetweenKeys } from './shared-between-keys.ts'
import { singlePrecision } from './single-precision.ts'
import { staleReplica } from './stale-replica.ts'
import { startsEmpty } from './starts-empty.ts'
import { wholeSeconds } from './whole-seconds.ts'
import { windowCalledBucket } from './window-called-bucket.ts'
import { windowSkipped } from './window-skipped.ts'
import { windowTooLong } from './window-too-long.ts'
import { windowTooShort } from './window-too-short.ts'

/** Every limiter of the catalogue. Each shows its fault in a handful of histories. */
export const faults: readonly FaultyLimiter[] = [
  alignedToMinute,
  bucketCalledWindow,
  burstOneMore,
  burstTooLarge,
  cachedAcceptance,
  cachedRefusal,
  checkThenCount,
  clocksApart,
  costCheckedAsOne,
  costDoubled,
  costIgnored,
  countWraps,
  counterCountsPreviousWhole,
  counterForgetsPrevious,
  counterWeighsBackwards,
  countsRefused,
  dropsOneEntry,
  earlyRecovery,
  evictionForgets,
  expiryBySecond,
  expiryLost,
  expiryRefreshed,
  failsClosed,
  failsOpen,
  fixedCalledSliding,
  forgetsRefused,
  freesOnAnswer,
  grace,
  intervalRounded,
  jitteredWindow,
  keyTooNarrow,
  keysCollide,
  lateRecovery,
  lateTimer,
  limitASecond,
  limitGrows,
  limitTimesReplicas,
  logOffByOne,
  logWrittenLater,
  lostUpdates,
  minimumSpacing,
  offByOneLess,
  offByOneMore,
  quotaInBatches,
  refillInTicks,
  refillLate,
  refillLosesFractions,
  refillOneTooMany,
  refillTimerDrifts,
  refillTooFast,
  refillTooSlow,
  refusalChargedTwice,
  refusalExtendsWindow,
  refusalForAll,
  refusalTakesTheRest,
  resetsTwice,
  restartForgets,
  rollbackTwice,
  sameInstantOnce,
  sampled,
  secondsAsMilliseconds,
  sharedBetweenKeys,
  singlePrecision,
  staleReplica,
  startsEmpty,
  wholeSeconds,
  windowCalledBucket,
  windowSkipped,
  windowTooLong,
  windowTooShort,
]
