import { embeddedKey } from '../../lib/target/index.ts'

/** An answer of the target, read to its end. */
export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever JSON came back
  body: any
}

/** What the tests use of an integration as the API shows it. */
export interface Fixture {
  id: string
  link: string
  route: string
}

/** Sends one request and reads its answer; `body` as it is where it is text, otherwise as JSON. */
export async function send(
  method: string,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, { method, headers, body: sent })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** A client of one target, with a key. */
export function client(url: string, key: string = embeddedKey) {
  const api = (method: string, path: string, body?: unknown) =>
    send(method, `${url}/api/v1/${path}`, { body, headers: { authorization: key } })

  return {
    api,
    alert: (link: string, body: unknown = { alert_uid: 'one' }) => send('POST', link, { body }),
    async integration(type = 'formatted_webhook'): Promise<Fixture> {
      const { status, body } = await api('POST', 'integrations/', { type, name: 'test' })
      if (status !== 201) throw new Error(`integration not created: ${status} ${JSON.stringify(body)}`)
      return { id: body.id, link: body.link, route: body.default_route.id }
    },
  }
}

/** Asks again until the answer is as wanted; fails, with the last answer, when it never becomes so. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
  deadlineMs = 10_000,
): Promise<Value> {
  const endMs = Date.now() + deadlineMs
  for (;;) {
    const value = await ask()
    if (isWanted(value)) return value
    if (Date.now() > endMs) throw new Error(`still not so after ${deadlineMs} ms: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
