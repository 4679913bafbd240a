export { cacheFolder } from './environment.ts'
export { describeK6Event, type K6Event, type K6Source } from './events.ts'
export { type FindOptions, findK6, type K6 } from './find.ts'
export {
  type FoundK6,
  type K6Attempt,
  type K6Outlook,
  type K6Way,
  type LookOptions,
  lookForK6,
} from './look.ts'
export { explainMissingK6, waysToK6 } from './missing.ts'
export { isGone, parseOwner, thisProcess } from './owner.ts'
export { packageRoot } from './package-root.ts'
export type { ReleaseServer } from './release.ts'
export { k6Major, pinnedK6Version } from './version.ts'
