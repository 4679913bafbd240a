/** The same address for alerts below another base. */
export function ingestAt(link: string, base: string): string {
  const { pathname } = new URL(link)
  return base.replace(/\/+$/, '') + pathname.slice(Math.max(0, pathname.indexOf('/integrations/v1/')))
}
