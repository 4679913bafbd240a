import { certificateRemedy } from '../fire/certificate-remedy.ts'
import { refusalLooks } from '../fire/refusal-looks.ts'
import { blackOut, formsOf } from '../fire/scrub.ts'
import type { HistoryRecord } from '../history/index.ts'
import { limitWords } from './limit-words.ts'
import type { Pace } from './pace.ts'
import { failure, problemOfStatus, type Result } from './problem.ts'

/** Whom to talk to, and as whom. */
export interface OncallOptions {
  /** The part before `/api/v1/`. */
  url: string
  apiKey: string
  /** Only with a service-account token: the stack it belongs to, sent as `X-Grafana-URL`. */
  stackUrl?: string
  /** Where alerts go, if that is another host. */
  ingestUrl?: string
  /** The name of the key's descriptor in the history. */
  descriptor: string
  /** Called once for every request, answered or not: it uses up the key's limit. */
  onRequest: (record: HistoryRecord) => void
  /** Longest wait for an answer. Default 10 000. */
  timeoutMs?: number
  /** Aborting gives up whatever is under way. */
  signal?: AbortSignal
  /** Keeps these requests below the key's limit; one for all that is sent with a key. */
  pace?: Pace
}

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One request: sends it, reports it, and returns the parsed body (`undefined` for an empty one). */
export type Call = (method: ApiMethod, path: string, what: string, body?: unknown) => Promise<Result<unknown>>

const defaultTimeoutMs = 10_000

/** No page of OnCall is nearly as long, and a longer one must not fill the memory. */
const longestAnswer = 16 << 20

/** A shorter key is none that anybody hides, and stands in answers by chance. */
const shortestSecret = 8

/**
 * Makes the function by which everything here talks to OnCall's API. It follows no redirect, sends
 * nothing twice, and keeps no connection. `path` is relative to `/api/v1/`; `what` reads on after
 * "cannot" in a problem's sentence.
 */
export function createCall(options: OncallOptions): Call {
  const { apiKey, descriptor, stackUrl, onRequest } = options
  const base = `${options.url.replace(/\/+$/, '')}/api/v1/`
  const forms = apiKey.length < shortestSecret ? [] : formsOf([apiKey])

  return async (method, path, what, body) => {
    if (!/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(apiKey)) {
      return failure('unusable', `Cannot ${what}: the API key has characters that no header can carry.`)
    }
    if (!URL.canParse(base)) return failure('unusable', `Cannot ${what}: ${options.url} is no URL.`)
    const url = base + path
    const where = new URL(url).origin + new URL(url).pathname
    await options.pace?.turn(options.signal)
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs)
    const request: RequestInit = {
      method,
      redirect: 'manual',
      // A connection for each request: a kept one that breaks may make a transport send twice.
      headers: {
        authorization: apiKey,
        accept: 'application/json',
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(stackUrl === undefined ? {} : { 'x-grafana-url': stackUrl }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
    }

    const record: HistoryRecord = { descriptor, sent: Date.now(), received: 0, status: 0 }
    let text = ''
    let headers: Record<string, string> = {}
    try {
      const response = await fetch(url, request)
      record.received = Math.max(Date.now(), record.sent)
      record.status = response.status
      // A target may repeat the key anywhere, and nothing that it says needs it.
      headers = Object.fromEntries(
        [...response.headers].map(([name, value]) => [name, blackOut(value, forms)]),
      )
      text = blackOut(await textOf(response), forms)
    } catch (error) {
      record.error = causeOf(error)
      record.received ||= Math.max(Date.now(), record.sent)
    }
    record.durationMs = Math.max(0, Date.now() - record.sent)
    const limited = record.status === 429
    Object.assign(record, limitWords(record.status, limited, headers, text))
    if (limited) record.looks = refusalLooks(headers, text, [apiKey])
    onRequest(record)

    if (record.error !== undefined) {
      return failure(
        'unreachable',
        `Cannot ${what}: no answer from ${where} (${record.error}${certificateRemedy(record.error)}).`,
      )
    }
    if (record.status < 200 || record.status >= 300) {
      return problemOfStatus(record.status, headers, what, where, record.received)
    }
    if (text === '') return { ok: true, value: undefined }
    try {
      return { ok: true, value: JSON.parse(text) as unknown }
    } catch {
      return failure('unexpected', `Cannot ${what}: ${where} answered with something that is no JSON.`, {
        status: record.status,
      })
    }
  }
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection closed before the answer',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'connecting timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate of an unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate of an unknown authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate of an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate for another host',
  CERT_HAS_EXPIRED: 'certificate that has expired',
  ETOOLONG: 'an answer longer than 16 MiB',
}

/** The body, as far as it may be long; the rest is not waited for. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > longestAnswer) throw new Error('too long', { cause: { code: 'ETOOLONG' } })
  }
  return text + decoder.decode()
}

/** Why there was no answer, in a few words that hold nothing of the request. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no response'
  if (error.name === 'TimeoutError') return 'timeout'
  if (error.name === 'AbortError') return 'given up'
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code
  return code === undefined ? 'no response' : (causes[code] ?? code)
}
