import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApi } from './api/api.ts'
import type { Behaviour } from './behaviour.ts'
import type { TargetConfig } from './config.ts'
import {
  behaviourOf,
  createDisturber,
  faultyAlerts,
  faultyDirectory,
  isHandled,
  type Side,
  sendDisturbed,
} from './faults/index.ts'
import { type Answer, detail, methodNotAllowed, notFound, send } from './http/answer.ts'
import { type Body, readBody } from './http/body.ts'
import { ingest } from './ingest.ts'
import { serveInTurn } from './serve-in-turn.ts'
import { createAlertStore } from './store/alerts.ts'
import { createDirectory } from './store/directory.ts'
import type { TargetRequest } from './world.ts'

/** A target that listens. */
export interface RunningTarget {
  /** Such as `http://127.0.0.1:43123`, without a slash at the end. */
  url: string
  /** Ends all connections and stops listening; may be called more than once. */
  close(): Promise<void>
}

const ingestion = '/integrations/v1/'
const api = '/api/v1/'
const busy = detail(503, 'Too many requests are waiting.')
const plainHost = /^[\w.-]+(:\d+)?$/

/**
 * Starts a target in this process, on 127.0.0.1 only. Port 0 takes any free one.
 * @param behaviour how it limits; by default as the configuration says, with its faults
 * @throws the error of `listen`, with `code` EADDRINUSE where the port is taken
 */
export async function startTarget(
  config: TargetConfig,
  port: number,
  behaviour: Behaviour = behaviourOf(config),
): Promise<RunningTarget> {
  const world = {
    config,
    behaviour,
    directory: faultyDirectory(createDirectory(config), config),
    alerts: faultyAlerts(createAlertStore(config.processingDelayMs), config.faults),
  }
  const disturber = createDisturber(config.faults.disturbances)
  const answerApi = createApi(world)
  const { service } = config
  const serve = service && serveInTurn(service)
  let url = ''

  function answer(request: TargetRequest): Answer | Promise<Answer> {
    const { path, method } = request
    if (path.startsWith(ingestion)) return ingest(world, request, path.slice(ingestion.length))
    if (path.startsWith(api)) return answerApi(request, path.slice(api.length))
    if (path !== '/health/') return notFound
    return method === 'GET' ? { status: 200, body: { status: 'ok' } } : methodNotAllowed(method, ['GET'])
  }

  function sideOf(target: string): Side | undefined {
    return target.startsWith(api) ? 'api' : target.startsWith(ingestion) ? 'ingest' : undefined
  }

  /** Hands the answer over when a worker has served the request; what limits refuse first costs no service. */
  function served(request: TargetRequest, finish: (answer: Answer) => void): void {
    if (!serve || !sideOf(request.path)) {
      whenAnswered(answer(request), finish)
    } else if (service?.limitsFirst) {
      whenAnswered(answer(request), (decided) => {
        if (decided.status === 429) finish(decided)
        else if (!serve(() => finish(decided))) finish(busy)
      })
    } else if (!serve(() => whenAnswered(answer(request), finish))) finish(busy)
  }

  function respond(incoming: IncomingMessage, response: ServerResponse, body: Body): void {
    if ('tooLong' in body) {
      const tooLong = detail(413, `The body is longer than ${config.maxBodyBytes} bytes.`)
      send(response, { ...tooLong, headers: { connection: 'close' } })
      return
    }
    const { method = '', url: target = '/', headers } = incoming
    const mark = target.indexOf('?')
    const side = sideOf(target)
    const disturbance = side && disturber(side)
    if (disturbance && !isHandled(disturbance)) {
      sendDisturbed(response, disturbance, target, undefined)
      return
    }
    const finish = (answer: Answer) =>
      disturbance ? sendDisturbed(response, disturbance, target, answer) : send(response, answer)
    const request = {
      method,
      path: mark === -1 ? target : target.slice(0, mark),
      query: mark === -1 ? '' : target.slice(mark + 1),
      origin: headers.host && plainHost.test(headers.host) ? `http://${headers.host}` : url,
      authorization: headers.authorization,
      stackUrl: headers['x-grafana-url'] as string | undefined,
      bodyText: body.text,
    }
    served(request, finish)
  }

  const server = createServer((incoming, response) => {
    readBody(incoming, config.maxBodyBytes, (body) => respond(incoming, response, body))
  })
  // Never: a connection that is closed while a client reuses it looks like a lost request.
  server.keepAliveTimeout = 0

  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      listening()
    })
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let closing: Promise<void> | undefined
  function close(): Promise<void> {
    closing ??= new Promise((closed, failed) => {
      server.close((error) => (error ? failed(error) : closed()))
      server.closeAllConnections()
    })
    return closing
  }
  return { url, close }
}

function whenAnswered(answered: Answer | Promise<Answer>, finish: (answer: Answer) => void): void {
  if (answered instanceof Promise) answered.then(finish)
  else finish(answered)
}
