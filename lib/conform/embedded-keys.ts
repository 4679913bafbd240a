import { embeddedKey, embeddedSetupKey, type TargetConfigInput } from '../target/index.ts'
import type { OtherKeys } from './site.ts'

const others = {
  sameUser: 'onset-embedded-same-user-key',
  otherUser: 'onset-embedded-other-user-key',
  otherOrganization: 'onset-embedded-stranger-key',
} as const satisfies OtherKeys

/**
 * Gives the embedded target keys of everybody that can be asked about: those that it is told stay as they
 * are, and then there are no others. The key by which integrations are made is of a user of its own.
 */
export function withOtherKeys(config: TargetConfigInput): {
  config: TargetConfigInput
  otherKeys: OtherKeys
} {
  if (config.keys || config.users || config.organizations) return { config, otherKeys: {} }
  const organization = 'onset'
  return {
    config: {
      ...config,
      organizations: [{ id: organization }, { id: 'stranger' }],
      users: [
        { id: 'UONSET', organization, username: 'onset' },
        { id: 'USETUP', organization, username: 'setup' },
        { id: 'UOTHER', organization, username: 'other' },
        { id: 'USTRANGER', organization: 'stranger', username: 'stranger' },
      ],
      keys: [
        { key: embeddedKey, user: 'UONSET' },
        { key: embeddedSetupKey, user: 'USETUP' },
        { key: others.sameUser, user: 'UONSET' },
        { key: others.otherUser, user: 'UOTHER' },
        { key: others.otherOrganization, user: 'USTRANGER' },
      ],
    },
    otherKeys: others,
  }
}
