import { counted } from '../../../reports/terminal/index.ts'
import type { Plan } from '../../plan/index.ts'
import type { Target } from '../../spec/index.ts'
import type { OptionReader } from '../options/option-reader.ts'

/** How many integrations a plan sends alerts to. */
export function integrationsNeeded({ descriptors }: Plan): number {
  return descriptors.filter(({ kind }) => kind === 'alert').length
}

/** What is wrong where a spec names fewer integrations than its limits need; `undefined` where it is not. */
export function tooFewIntegrations(
  target: Target | undefined,
  plan: Plan,
  path: string | undefined,
): string | undefined {
  const named = target?.integrations?.length
  const needed = integrationsNeeded(plan)
  if (named === undefined || named >= needed) return undefined
  return `${path}: target.integrations: expected ${counted(needed, 'id')}, found ${named}: that many are needed to fill these limits — name more, verify less with --only integration, or leave integrations out and Onset makes its own`
}

/** Reads `--allow-notifications=ID,ID`: each must be an integration that the spec names. */
export function readPermitted(reader: OptionReader, raw: unknown, target: Target | undefined): string[] {
  if (typeof raw !== 'string') return []
  const ids = raw.split(',').map((id) => id.trim())
  const named = target?.integrations ?? []
  const flag = '--allow-notifications'
  if (named.length === 0) {
    reader.complain(`${flag} is for integrations that a spec names; those that Onset makes notify nobody`)
    return []
  }
  for (const id of ids) {
    if (!named.includes(id)) reader.mistake(flag, `ids out of target.integrations (${named.join(', ')})`, id)
  }
  return ids
}
