import { ingestAt } from './ingest-at.ts'
import { failure, type Result } from './problem.ts'

/**
 * Where alerts are sent: the link that OnCall gave, as long as it leads to a host that was named.
 * @param url the target's address: alerts may be sent to its host, or to that of `ingestUrl`.
 */
export function ingestAddress(link: string, url: string, ingestUrl: string | undefined): Result<string> {
  const { origin } = new URL(link)
  if (ingestUrl !== undefined) return { ok: true, value: ingestAt(link, ingestUrl) }
  if (origin === new URL(url).origin) return { ok: true, value: link }
  return failure(
    'unusable',
    `OnCall takes alerts at ${origin}, which the spec does not name: add "ingestUrl: ${origin}" to the target, or the address by which you reach it.`,
  )
}

/** The credential within an address for alerts: its last part. */
export function tokenOf(address: string): string {
  return new URL(address).pathname.split('/').filter(Boolean).at(-1) as string
}
