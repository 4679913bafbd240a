/**
 * The name of a run: when it began, in UTC so that names sort by time, and a few letters that tell
 * apart runs of the same second.
 * @param random at least 4 characters that can stand in a file name.
 */
export function runId(startedAt: Date, random: string): string {
  const [day, time] = startedAt.toISOString().slice(0, 19).split('T') as [string, string]
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${random.slice(0, 4)}`
}

/** When a run began, in Unix milliseconds, to the second; NaN for what is no name of a run. */
export function startOfRun(runId: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(runId) ?? []
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
}
