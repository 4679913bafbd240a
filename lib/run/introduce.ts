import { createOncall, type Fixture, type OncallProblem } from '../oncall/index.ts'
import type { Warning } from '../result/index.ts'
import type { Clients } from './keys.ts'
import type { Watcher } from './watcher.ts'

/** Asks whose each key is, which shows that address and keys are right. @returns what is in the way, if anything. */
export async function introduceKeys(
  { tested, setup, load }: Clients,
  { onPhase }: Pick<Watcher, 'onPhase'>,
  signal: AbortSignal,
): Promise<OncallProblem | undefined> {
  const useOf = (client: Clients['tested']) =>
    client === tested ? 'tested' : client === setup ? 'setup' : 'load'
  for (const client of new Set([tested, setup, ...load.values()])) {
    const who = await createOncall({ ...client, signal }).preflight()
    if (!who.ok) return who.problem
    onPhase({ phase: 'key-known', who: who.value, use: useOf(client) })
  }
  return undefined
}

/** What about the silence of integrations cannot be ruled out. */
export function doubtWarnings(fixtures: readonly Pick<Fixture, 'descriptor' | 'doubts'>[]): Warning[] {
  return fixtures.flatMap(({ descriptor, doubts }) =>
    doubts.map((doubt) => ({
      code: 'may-notify',
      message: `Integration ${descriptor}: ${doubt.replace(/\.?$/, '.')}`,
    })),
  )
}
