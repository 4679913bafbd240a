import { access } from 'node:fs/promises'

/** Is there something of this path that can be looked at? */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
