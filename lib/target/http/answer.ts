import type { ServerResponse } from 'node:http'

/** What a request is answered with. `body` is sent as JSON; without one the response is empty. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** An answer that says one thing in words, in the shape `{"detail": …}`. */
export const detail = (status: number, text: string): Answer => ({ status, body: { detail: text } })

export const notFound = detail(404, 'Not found.')

/** The resource exists and does not know the method; `Allow` names those it knows. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Answer {
  return { ...detail(405, `Method "${method}" not allowed.`), headers: { allow: allowed.join(', ') } }
}

/** Writes an answer and ends the response. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, status === 204 ? headers : { 'content-length': '0', ...headers }).end()
    return
  }
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text)
}
