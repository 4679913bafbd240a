import type { Directory, User } from '../store/directory.ts'

/** Takes whoever comes without a key for a user. */
export function letInWithoutKey(directory: Directory, user: User | undefined): Directory {
  return {
    ...directory,
    userByKey: (key, stackUrl) => (key === undefined ? user : directory.userByKey(key, stackUrl)),
  }
}
