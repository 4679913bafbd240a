/**
 * Does an answer that neither admits nor refuses leave it open when the request is decided? No answer
 * at all (0) does, and so does one that need not come from the server: a proxy that gave up on it (502,
 * 503, 504, RFC 9110 15.6), a client that went away (499, in logs of nginx), and what proxies use beyond
 * the registered ones (520 and above). The server behind may still take up such a request, and count it
 * later. With 500 the server itself has spoken: what it counts is counted by then.
 */
export function mayBeDecidedLater(status: number): boolean {
  return status === 0 || status === 499 || status >= 502
}
