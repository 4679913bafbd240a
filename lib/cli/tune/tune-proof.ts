import type { ExitCode } from '../../result/index.ts'
import type { Limit } from '../../spec/index.ts'
import { limitedScopes } from '../../target/index.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { say } from '../output.ts'
import { verifyCommand } from '../verify/verify.ts'

/** Windows are shortened to this: a proof takes 2.2 of them. */
const windowMs = 10_000

/** Notes why limits cannot be proven on the embedded target. */
export function checkProvable(reader: OptionReader, limits: readonly Limit[] | undefined): void {
  const known: readonly string[] = limitedScopes
  const others = (limits ?? []).map(({ scope }) => scope).filter((scope) => !known.includes(scope))
  if (others.length === 0) return
  const named = [...new Set(others)].join(', ')
  reader.complain(
    `--prove: the embedded target knows ${known.join(', ')}, and not ${named}: run onset verify against your own`,
  )
}

/**
 * Has the embedded target enforce a spec, with shorter windows, and verifies that it does. Nothing else is
 * fired at.
 * @param specPath a spec without a target.
 * @param scopes those of the limits that were replayed: nothing is known about the others.
 * @param folder of the run.
 */
export function prove(specPath: string, scopes: readonly string[], folder: string): Promise<ExitCode> {
  say('The embedded target is told to enforce what is recommended, and verified.')
  return verifyCommand.run({
    operands: [specPath],
    options: { window: `${windowMs}ms`, only: scopes.join(','), out: folder },
    mistakes: [],
  })
}
