import type { ServerResponse } from 'node:http'
import { type Answer, detail, send } from '../http/answer.ts'
import type { Disturbance } from './config.ts'

/** Is the request carried out although it is disturbed? */
export function isHandled(disturbance: Disturbance): boolean {
  return disturbance.how === 'slow' || disturbance.how === 'drip' || disturbance.handled
}

/**
 * Answers a request as its disturbance has it.
 * @param path of the request with its query: a redirect leads to the same place elsewhere.
 * @param answer the proper answer; only for a request that is handled.
 */
export function sendDisturbed(
  response: ServerResponse,
  disturbance: Disturbance,
  path: string,
  answer: Answer | undefined,
): void {
  switch (disturbance.how) {
    case 'slow':
      late(response, disturbance.ms, () => send(response, answer as Answer))
      return
    case 'drip':
      drip(response, disturbance.everyMs, answer as Answer)
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'half-open':
      // The connection stays, and nothing is ever said on it.
      return
    case 'server-error':
      send(response, detail(disturbance.status, 'Something went wrong.'))
      return
    case 'redirect': {
      const location = disturbance.to.replace(/\/+$/, '') + path
      send(response, { status: disturbance.status, headers: { location } })
      return
    }
    case 'wrong-content': {
      const page = '<!doctype html><title>Sign in</title><p>Please sign in to go on.'
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) })
      response.end(page)
    }
  }
}

/** Does something later, unless nobody waits for it any more. */
function late(response: ServerResponse, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms)
  response.once('close', () => clearTimeout(timer))
}

/** Sends the headers at once and the body byte by byte. */
function drip(response: ServerResponse, everyMs: number, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  })
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    if (sent < bytes.length) response.write(bytes.subarray(sent, ++sent))
    if (sent === bytes.length) response.end()
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}
