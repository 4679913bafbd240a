import { embeddedKey, embeddedSetupKey, spawnTarget, type TargetConfigInput } from '../target/index.ts'

import { embeddedSetupKeyOf, type LoadKey } from './load-keys.ts'

/** How an OnCall is spoken to, beside its address. */
export interface OncallAccess {
  /** Further addresses of it, which are fired at in turn. */
  replicas?: readonly string[]
  /** Where alerts go, if that is another host. */
  ingestUrl?: string
  /** The key whose limit is in question. */
  apiKey: string
  /** A second key, for all but the firing. */
  setupKey?: string
  /** With service-account tokens: the stack that they belong to. */
  stackUrl?: string
  /** Further keys that the load is spread over. */
  loadKeys?: readonly LoadKey[]
}

/** What a run is fired at. */
export type TargetChoice =
  /** The stand-in, started for the run and stopped after it. */
  | { kind: 'embedded'; config: TargetConfigInput; loadKeys?: readonly LoadKey[] }
  /** An OnCall that somebody named. */
  | ({ kind: 'oncall'; url: string } & OncallAccess)
  /** Any other API; `secrets` are what its spec holds by the names of variables. */
  | { kind: 'http'; url: string; secrets: readonly string[] }

/** A target that can be spoken to. */
export interface RaisedTarget extends OncallAccess {
  url: string
  /** Aborted when the target has ended by itself; its reason is a sentence. Never, for one that is not ours. */
  readonly gone: AbortSignal
  /** Does it outlive the run, so that what was made in it has to be removed? */
  readonly lasting: boolean
  /** Ends what was started for the run. */
  stop(): Promise<void>
}

/**
 * Brings up the target of a run. Nothing is sent to it.
 * @throws {TargetStartError} where the embedded one does not come up.
 */
export async function raiseTarget(choice: Exclude<TargetChoice, { kind: 'http' }>): Promise<RaisedTarget> {
  const gone = new AbortController()
  if (choice.kind === 'oncall') {
    const { kind: _, ...access } = choice
    return { ...access, gone: gone.signal, lasting: true, stop: async () => {} }
  }
  const spawned = await spawnTarget(choice.config)
  let stopping = false
  void spawned.exited.then(({ code, signal }) => {
    if (stopping) return
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    gone.abort(`The embedded target ended during the run, ${how}.`)
  })
  const apiKey = choice.config.keys?.[0]?.key ?? embeddedKey
  return {
    url: spawned.url,
    apiKey,
    setupKey: setupKeyOf(choice),
    loadKeys: choice.loadKeys,
    gone: gone.signal,
    lasting: false,
    stop() {
      stopping = true
      return spawned.stop()
    },
  }
}

/** The second key of a target, if it has one; the embedded one has, unless it is told which keys there are. */
export function setupKeyOf(choice: TargetChoice): string | undefined {
  if (choice.kind === 'http') return undefined
  if (choice.kind === 'oncall') return choice.setupKey
  return choice.config.keys === undefined ? embeddedSetupKey : embeddedSetupKeyOf(choice.config)
}
