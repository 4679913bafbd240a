import http, { type RefinedResponse } from 'k6/http'
import { addressesOf, type Binding, bodyFor } from '../lib/fire/bindings.ts'
import { nextPage } from '../lib/fire/paging.ts'
import type { RawAnswer } from '../lib/fire/raw-line.ts'
import { createRefusalLooks } from '../lib/fire/refusal-looks.ts'
import { createWordScrubber } from '../lib/fire/scrub-words.ts'
import { Outcome } from '../lib/history/history.ts'
import { type RefusalReading, refusingScope } from '../lib/http/refusing-scope.ts'
import { limitWords } from '../lib/oncall/limit-words.ts'

/** Somebody requests are sent for, with the address that is bound to it. */
export interface Sender {
  /** The descriptor's name. */
  name: string
  binding: Binding
  /** Whether the answers are pages of a list, to be read on as a client does. */
  paged: boolean
}

/** One request, as this client saw it. Times are Unix milliseconds. */
export interface Exchange extends RawAnswer {
  sentMs: number
  outcome: Outcome
}

/** What k6 calls a request about which it cannot say more. */
const unspecificError = 1000

/** Sends one request; `onSend` is called right before it leaves. Whatever comes of it is returned. */
export interface Client {
  /**
   * Waits for the answer in place: the cheaper way, for a virtual user that does nothing else.
   * @param turn says which of several replicas is asked. Default: this client asks each in turn.
   */
  send(sender: Sender, id: string, onSend: (sentMs: number) => void, turn?: number): Exchange
  /** Leaves room for other requests of the same virtual user. Never rejects. */
  sendAsync(sender: Sender, id: string, onSend: (sentMs: number) => void): Promise<Exchange>
}

/**
 * Makes a client, one for each virtual user. It follows no redirects, keeps no cookies from one
 * request to the next, and reads its own way through the pages of a list, whichever replica it asks.
 * @param secrets keys and tokens that must be in nothing that is handed on.
 * @param refusals how a refusal says which limit it is from. Default: in OnCall's words.
 */
export function createClient(
  timeoutMs: number,
  outcomeOf: (status: number) => Outcome,
  secrets: readonly string[],
  refusals?: RefusalReading,
): Client {
  const scopeOf =
    refusals &&
    ((_: number, body: unknown, headers: Readonly<Record<string, string>>) =>
      refusingScope(refusals, headers, body))
  const looksOf = createRefusalLooks(secrets)
  const withoutSecrets = createWordScrubber(secrets)
  /** What follows the address of a list for the page that is read next. */
  const pages = new Map<string, string>()
  let turns = 0
  const common = { redirects: 0, responseType: 'text' as const, timeout: timeoutMs }

  const begin = (onSend: (sentMs: number) => void, sentMs: number): Exchange => {
    onSend(sentMs)
    return { sentMs, atMs: 0, status: 0, durationMs: 0, errorCode: unspecificError, outcome: Outcome.unknown }
  }
  const addressFor = ({ binding }: Sender, turn: number): string => {
    if (!binding.replicas) return binding.url
    const addresses = addressesOf(binding)
    return addresses[turn % addresses.length] as string
  }
  const urlFor = ({ name, paged }: Sender, address: string): string => {
    const page = paged ? pages.get(name) : undefined
    return page === undefined ? address : listOf(address) + page
  }
  const finish = (
    exchange: Exchange,
    sender: Sender,
    address: string,
    response: RefinedResponse<'text'>,
  ): void => {
    exchange.atMs = Date.now()
    const { status } = response
    exchange.status = status
    exchange.durationMs = response.timings.duration
    exchange.errorCode = status === 0 ? response.error_code : 0
    exchange.outcome = outcomeOf(status)
    const limited = exchange.outcome === Outcome.limited
    const said = limitWords(status, limited, response.headers, limited ? response.body : '', scopeOf)
    exchange.said = said && withoutSecrets(said)
    if (limited) exchange.said = { ...exchange.said, looks: looksOf(response.headers, response.body) }
    if (!sender.paged) return
    const next = status === 200 ? nextPage(address, response.body) : address
    if (next === address) pages.delete(sender.name)
    else pages.set(sender.name, next.slice(listOf(address).length))
  }
  /** k6 throws for the few answers that it refuses to read, such as 101: a request without a status. */
  const fail = (exchange: Exchange): void => {
    exchange.atMs ||= Date.now()
    exchange.durationMs ||= Math.max(0, exchange.atMs - exchange.sentMs)
  }

  return {
    send(sender, id, onSend, turn = turns++) {
      const { method, headers } = sender.binding
      const address = addressFor(sender, turn)
      const [url, body, params] = [
        urlFor(sender, address),
        bodyFor(sender.binding, id),
        { ...common, headers },
      ]
      const exchange = begin(onSend, Date.now())
      try {
        finish(exchange, sender, address, http.request(method, url, body, params))
      } catch {
        fail(exchange)
      }
      return exchange
    },
    async sendAsync(sender, id, onSend) {
      const { method, headers } = sender.binding
      // k6 forgets its cookies after each iteration; this one may be a single long one.
      const params = { ...common, headers, jar: new http.CookieJar() }
      const address = addressFor(sender, turns++)
      const [url, body] = [urlFor(sender, address), bodyFor(sender.binding, id)]
      const exchange = begin(onSend, Date.now())
      try {
        finish(exchange, sender, address, await http.asyncRequest(method, url, body, params))
      } catch {
        fail(exchange)
      }
      return exchange
    },
  }
}

/** The address of a list without what names a page of it. */
function listOf(address: string): string {
  return address.split(/[?#]/, 1)[0] as string
}
