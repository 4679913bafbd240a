import { visible, windowText } from '../../../reports/terminal/index.ts'
import type { Plan } from '../../plan/index.ts'
import { ExitCode } from '../../result/index.ts'
import type { Limit, Spec } from '../../spec/index.ts'
import { Failure } from '../failure.ts'
import { askYes, canAsk } from './confirmation.ts'

/** Who is refused while a limit of OnCall is full. */
const muted: Record<string, string> = {
  organization: 'alerts of the whole organization',
  apiKey: 'API requests of whoever shares the key',
}

/**
 * What filling the limits of a target does to others that depend on it, a line each; empty where
 * nobody is refused anything: for the embedded target, for one that is dedicated, and where only
 * integrations of our own are filled, which leave the reserve of the organization to others.
 * @param isAsked whether a scope is to be verified.
 */
export function blackoutOf(
  { target, limits }: Spec,
  plan: Plan,
  isAsked: (scope: string) => boolean,
): string[] {
  if (!target || target.dedicated) return []
  return limits
    .filter(({ scope }) => isAsked(scope))
    .flatMap((limit) => {
      const who =
        target.kind === 'http'
          ? `requests of whoever shares a value of "${visible(limit.scope)}" with a caller`
          : limit.scope === 'integration'
            ? mutedIn(target.integrations)
            : muted[limit.scope]
      return who === undefined ? [] : [`${who} are refused, for up to ${howLong(limit, plan)}`]
    })
}

/** An integration that was made for the run is nobody else's. */
function mutedIn(named: readonly string[] | undefined): string | undefined {
  return named && `alerts of others to the integrations that the spec names (${named.join(', ')})`
}

/** A limit that is filled again as soon as it recovers is full nearly all the time, and a window longer. */
function howLong({ window }: Limit, { deadlineMs }: Plan): string {
  const allSeconds = Math.ceil((deadlineMs + window) / 1000)
  return `${windowText(window / 1000)} at a time, again and again for up to ${windowText(allSeconds)}`
}

/**
 * Makes sure that whoever runs this knows what it does to others: asks on a terminal.
 * @param blackout what `blackoutOf` says.
 * @throws {Failure} where it was not accepted.
 */
export async function acceptBlackout(
  { target }: Spec,
  blackout: readonly string[],
  accepted: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (blackout.length === 0 || accepted) return
  const lines = [
    `This run fills limits of ${target?.url}, and its spec does not say that nobody else depends on it. While it lasts:`,
    ...blackout.map((line) => `  - ${line}`),
  ]
  if (canAsk()) return askYes(lines, signal)
  const sparing =
    target?.kind === 'oncall' ? ', verify what refuses nobody else with --only integration,' : ''
  const said = target?.kind === 'http' ? ', or --dedicated after an address,' : ''
  throw new Failure(ExitCode.mistake, [
    ...lines,
    `Write "dedicated: true" under target${said} if nobody else depends on it${sparing} or accept this with --accept-blackout.`,
  ])
}
