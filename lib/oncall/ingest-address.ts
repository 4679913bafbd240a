import { z } from 'zod'
import { failure, type Result } from './problem.ts'

/** The link of an integration: its last part is the credential, so it has one. */
export const linkSchema = z
  .url({ protocol: /^https?$/ })
  .refine((link) => URL.canParse(link) && /[^/]/.test(new URL(link).pathname))

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

/** The same address for alerts below another base. */
export function ingestAt(link: string, base: string): string {
  const { pathname } = new URL(link)
  return base.replace(/\/+$/, '') + pathname.slice(Math.max(0, pathname.indexOf('/integrations/v1/')))
}

/** The credential within an address for alerts: its last part. */
export function tokenOf(address: string): string {
  return new URL(address).pathname.split('/').filter(Boolean).at(-1) as string
}
