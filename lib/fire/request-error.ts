/** Numbers that k6 gives to requests without a response (its documentation, "Error codes"). */
const words: readonly [from: number, to: number, words: string][] = [
  [1020, 1020, 'invalid URL'],
  [1050, 1050, 'timeout'],
  [1101, 1101, 'no such host'],
  [1100, 1109, 'name lookup failed'],
  [1201, 1201, 'connection broken while sending'],
  [1211, 1211, 'connecting timed out'],
  [1212, 1212, 'connection refused'],
  [1210, 1219, 'connecting failed'],
  [1220, 1220, 'connection reset'],
  [1200, 1299, 'connection failed'],
  [1310, 1310, 'certificate of an unknown authority'],
  [1311, 1311, 'certificate for another host'],
  [1300, 1399, 'TLS failed'],
]

/** Why a request has no response, in a few words. */
export function requestErrorWords(errorCode: number): string {
  return words.find(([from, to]) => errorCode >= from && errorCode <= to)?.[2] ?? 'no response'
}

/**
 * Was no connection made, so that the request cannot have reached the target? Name look-up, dialling
 * and the TLS handshake; not a connection that broke later.
 */
export function neverConnected(errorCode: number): boolean {
  return (
    (errorCode >= 1100 && errorCode < 1120) ||
    (errorCode >= 1210 && errorCode < 1220) ||
    (errorCode >= 1300 && errorCode < 1400)
  )
}
