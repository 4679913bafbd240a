import type { OncallProblem, Who } from '../../oncall/index.ts'
import type { Finding } from '../finding.ts'

/** Whom a key belongs to, in words. */
export function whoText({ username, role, teams }: Who): string {
  const said = [...(role ? [role] : []), ...(teams.length > 0 ? [`of team ${teams.join(', ')}`] : [])]
  return said.length > 0 ? `${username} (${said.join(', ')})` : username
}

/** What kept something from being found out. */
export function problemFinding(name: string, { kind, sentence }: OncallProblem): Finding {
  return { name, ok: false, found: sentence, mistake: kind === 'unusable' || kind === 'loud' }
}
