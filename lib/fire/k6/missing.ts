import { sourceInWords } from './events.ts'
import type { K6Attempt } from './look.ts'
import { k6Major, pinnedK6Version } from './version.ts'

/** The ways to a k6, each as a clause that tells a person what to do. */
export const waysToK6: readonly string[] = [
  `set ONSET_K6 to the path of a k6 v${k6Major}`,
  `install k6 v${k6Major} so that it is on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/)`,
  `let Onset get k6 v${pinnedK6Version} itself: where github.com can be reached it fetches the release, and where Go 1.25 or later is on the PATH it builds k6`,
]

/** Says what was tried and what to do, in several lines without a final line end. */
export function explainMissingK6(tried: readonly K6Attempt[]): string {
  const settled = tried.some(({ source }) => source === 'env')
  return [
    `No usable k6 v${k6Major} was found, and Onset sends its requests with it.`,
    'Tried:',
    ...tried.map(({ source, why }) => `  ${sourceInWords[source]}: ${why}`),
    ...(settled ? ['Because ONSET_K6 is set, nothing else was tried: correct it, or unset it.'] : []),
    'Any one of these helps:',
    ...waysToK6.map((way, index) => `  ${index + 1}. ${way}`),
  ].join('\n')
}
