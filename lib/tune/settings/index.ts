import type { CandidateLimit } from '../candidate.ts'
import { envoySetting } from './envoy.ts'
import { haproxySetting } from './haproxy.ts'
import { nginxSetting } from './nginx.ts'
import { oncallSetting } from './oncall.ts'
import type { Setting } from './setting.ts'

export type { Setting } from './setting.ts'
export { specWith, withoutTarget } from './spec-with.ts'

/** Limits in the words of every platform that is known. */
export function settingsOf(limits: readonly CandidateLimit[]): Setting[] {
  const oncall = oncallSetting(limits)
  return [...(oncall ? [oncall] : []), envoySetting(limits), nginxSetting(limits), haproxySetting(limits)]
}
