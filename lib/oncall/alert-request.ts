/** The words of an alert by which its request is found again: `alertBinding` writes them. */
const words = /^Request (\S+) through integration .* of run (\S+)\.(?: |$)/

/** The id of the request that brought an alert of this run, or `undefined` for any other payload. */
export function requestOfAlert(payload: unknown, runId: string): string | undefined {
  const message = (payload as { message?: unknown } | null | undefined)?.message
  const [, request, run] = (typeof message === 'string' && words.exec(message)) || []
  return run === runId ? request : undefined
}
