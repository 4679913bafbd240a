/** How `Retry-After` says a wait: in one of its two right forms (RFC 9110 §10.2.3), or in a wrong one. */
export type RetryAfterForm = 'seconds' | 'http-date' | 'milliseconds' | 'epoch' | 'fraction'

/**
 * The text of `Retry-After` for a wait. What counts in whole units is rounded up, so that nobody comes
 * too early for that.
 * @param waitUs finite
 * @param nowUs Unix time, where the wait begins
 */
export function retryAfterText(form: RetryAfterForm, waitUs: number, nowUs: number): string {
  switch (form) {
    case 'seconds':
      return String(Math.ceil(waitUs / 1e6))
    case 'milliseconds':
      return String(Math.ceil(waitUs / 1e3))
    case 'fraction':
      return (waitUs / 1e6).toFixed(3)
    case 'epoch':
      return String(Math.ceil((nowUs + waitUs) / 1e6))
    case 'http-date':
      return new Date(Math.ceil((nowUs + waitUs) / 1e6) * 1_000).toUTCString()
  }
}
