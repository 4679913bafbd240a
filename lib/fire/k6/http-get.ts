/** How long an unresponsive server is waited for. */
export interface Patience {
  /** From the request to the head of the answer. */
  answerTimeoutMs: number
  /** Between two pieces of the body. */
  stallTimeoutMs: number
}

/** An answer that is read as it arrives. */
export interface Answer {
  /** The pieces of the body; rejects as `get` says. */
  body: AsyncIterable<Uint8Array>
  /** The length that the server told; known, if at all, from the first piece on. */
  totalBytes: () => number | undefined
}

/** The server could not be reached, was silent for too long, or broke off. */
export class NetworkError extends Error {}

/**
 * GETs what an address holds; nothing is sent before the body is read. Follows redirects, but never from
 * HTTPS to plain HTTP. Reading rejects with a `NetworkError`, with an `Error` that says what was answered
 * instead, or with the signal's reason when aborted.
 */
export function get(address: string, patience: Patience, signal?: AbortSignal): Answer {
  let totalBytes: number | undefined
  async function* body() {
    const late = new AbortController()
    const within = (ms: number, what: string) =>
      setTimeout(() => late.abort(new NetworkError(`${address}: ${what} within ${ms / 1000} s`)), ms)
    let timer = within(patience.answerTimeoutMs, 'no answer')
    let bytes = 0
    try {
      const response = await follow(address, signal ? AbortSignal.any([signal, late.signal]) : late.signal)
      const length = Number.parseInt(response.headers.get('content-length') ?? '', 10)
      totalBytes = Number.isNaN(length) ? undefined : length
      for await (const piece of response.body ?? []) {
        clearTimeout(timer)
        bytes += piece.length
        yield piece
        timer = within(patience.stallTimeoutMs, 'nothing more came')
      }
    } catch (error) {
      if (late.signal.aborted) throw late.signal.reason
      // What goes wrong on the wire is a TypeError of fetch, with the system's error as its cause.
      if (!(error instanceof TypeError)) throw error
      const cause = error.cause as NodeJS.ErrnoException | undefined
      const of = totalBytes === undefined ? '' : ` of ${totalBytes}`
      throw new NetworkError(
        bytes > 0 || totalBytes !== undefined
          ? `${address} broke off after ${bytes}${of} bytes`
          : `${new URL(address).host} cannot be reached (${cause?.code ?? cause?.message ?? error.message})`,
      )
    } finally {
      clearTimeout(timer)
      late.abort()
    }
  }
  return { body: body(), totalBytes: () => totalBytes }
}

const mostRedirects = 5

async function follow(address: string, signal: AbortSignal): Promise<Response> {
  let url = new URL(address)
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await fetch(url, { signal, redirect: 'manual' })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (!response.ok) throw new Error(`${address} answered ${response.status}`)
      return response
    }
    await response.body?.cancel()
    const next = new URL(location, url)
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new Error(`${address} leads to ${next.origin}, which is not HTTPS`)
    }
    url = next
  }
  throw new Error(`${address} led through more than ${mostRedirects} redirects`)
}
