import { embeddedKey, spawnTarget, type TargetConfigInput } from '../target/index.ts'

/** What a run is fired at. */
export type TargetChoice =
  /** The stand-in, started for the run and stopped after it. */
  | { kind: 'embedded'; config: TargetConfigInput }
  /** An OnCall that somebody named. */
  | { kind: 'oncall'; url: string; replicas?: readonly string[]; ingestUrl?: string; apiKey: string }
  /** Any other API; `secrets` are what its spec holds by the names of variables. */
  | { kind: 'http'; url: string; secrets: readonly string[] }

/** A target that can be spoken to. */
export interface RaisedTarget {
  url: string
  /** Further addresses of it, which are fired at in turn. */
  replicas?: readonly string[]
  ingestUrl?: string
  apiKey: string
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
    const { url, replicas, ingestUrl, apiKey } = choice
    return { url, replicas, ingestUrl, apiKey, gone: gone.signal, lasting: true, stop: async () => {} }
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
    gone: gone.signal,
    lasting: false,
    stop() {
      stopping = true
      return spawned.stop()
    },
  }
}
