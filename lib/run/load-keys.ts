import { embeddedKey, embeddedSetupKey, type TargetConfigInput } from '../target/index.ts'

/** A further key that a load is spread over. */
export interface LoadKey {
  /** What stands for it in a history, as `K` does for the target's own. */
  descriptor: string
  apiKey: string
  /** A name for the organization that it belongs to; left out, that of the target's own key. */
  organization?: string
  /** With service-account tokens: the stack that the key belongs to. */
  stackUrl?: string
}

/** Gives further keys their descriptors: `K2`, `K3`, … in their order. */
export function loadKeysOf(keys: readonly Omit<LoadKey, 'descriptor'>[]): LoadKey[] {
  return keys.map((key, index) => ({ ...key, descriptor: `K${index + 2}` }))
}

/**
 * The further keys of an embedded target that is told which keys there are: all but the first, and the
 * second where that makes ready.
 */
export function embeddedLoadKeys(config: TargetConfigInput): LoadKey[] {
  const [own, ...others] = config.keys ?? []
  const home = organizationOf(config, own?.user)
  const [second, ...rest] = others
  const hasSetup = second !== undefined && organizationOf(config, second.user) === home
  return loadKeysOf(
    (hasSetup ? rest : others).map(({ key, user, stackUrl }) => {
      const organization = organizationOf(config, user)
      return {
        apiKey: key,
        ...(organization !== home && { organization }),
        ...(stackUrl !== undefined && { stackUrl }),
      }
    }),
  )
}

/** The key by which an embedded target that is told its keys is made ready: its second, in the same organization. */
export function embeddedSetupKeyOf(config: TargetConfigInput): string | undefined {
  const [own, second] = config.keys ?? []
  const isSame = organizationOf(config, second?.user) === organizationOf(config, own?.user)
  return isSame ? second?.key : undefined
}

function organizationOf({ users }: TargetConfigInput, user: string | undefined): string | undefined {
  return users?.find(({ id }) => id === user)?.organization
}

/** A key for each of so many organizations that an embedded target can be given. */
export function embeddedCandidates(count: number): LoadKey[] {
  return loadKeysOf(
    Array.from({ length: count }, (_, index) => ({
      apiKey: `onset-embedded-key-${index + 2}`,
      organization: `onset-${index + 2}`,
    })),
  )
}

/** The configuration of an embedded target that was told no keys, with these beside its own. */
export function withLoadKeys(config: TargetConfigInput, loadKeys: readonly LoadKey[]): TargetConfigInput {
  if (loadKeys.length === 0) return config
  const home = 'onset'
  const others = loadKeys.map(({ apiKey, organization = home, descriptor }) => ({
    key: { key: apiKey, user: `U${descriptor}` },
    user: { id: `U${descriptor}`, organization, username: descriptor },
    organization,
  }))
  return {
    ...config,
    organizations: [...new Set([home, ...others.map(({ organization }) => organization)])].map((id) => ({
      id,
    })),
    users: [{ id: 'UONSET', organization: home, username: home }, ...others.map(({ user }) => user)],
    keys: [
      { key: embeddedKey, user: 'UONSET' },
      { key: embeddedSetupKey, user: 'UONSET' },
      ...others.map(({ key }) => key),
    ],
  }
}
