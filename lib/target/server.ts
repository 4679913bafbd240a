import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApi } from './api/api.ts'
import { type Behaviour, correctBehaviour } from './behaviour.ts'
import type { TargetConfig } from './config.ts'
import {
  createDisturber,
  type Disturbance,
  faultyAlerts,
  faultyBehaviour,
  faultyDirectory,
  isHandled,
  sendDisturbed,
} from './faults/index.ts'
import { type Answer, detail, methodNotAllowed, notFound, send } from './http/answer.ts'
import { type Body, readBody } from './http/body.ts'
import { ingest } from './ingest.ts'
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
const plainHost = /^[\w.-]+(:\d+)?$/

/**
 * Starts a target in this process, on 127.0.0.1 only. Port 0 takes any free one.
 * @param behaviour how it limits; by default as the configuration says, with its faults
 * @throws the error of `listen`, with `code` EADDRINUSE where the port is taken
 */
export async function startTarget(
  config: TargetConfig,
  port: number,
  behaviour: Behaviour = faultyBehaviour(correctBehaviour(config), config.faults),
): Promise<RunningTarget> {
  const world = {
    config,
    behaviour,
    directory: faultyDirectory(createDirectory(config), config.faults),
    alerts: faultyAlerts(createAlertStore(config.processingDelayMs), config.faults),
  }
  const disturber = createDisturber(config.faults.disturbances)
  const answerApi = createApi(world)
  let url = ''

  function answer(request: TargetRequest): Answer | Promise<Answer> {
    const { path, method } = request
    if (path.startsWith(ingestion)) return ingest(world, request, path.slice(ingestion.length))
    if (path.startsWith(api)) return answerApi(request, path.slice(api.length))
    if (path !== '/health/') return notFound
    return method === 'GET' ? { status: 200, body: { status: 'ok' } } : methodNotAllowed(method, ['GET'])
  }

  function disturbanceOf(target: string): Disturbance | undefined {
    const side = target.startsWith(api) ? 'api' : target.startsWith(ingestion) ? 'ingest' : undefined
    return side && disturber(side)
  }

  function respond(incoming: IncomingMessage, response: ServerResponse, body: Body): void {
    if ('tooLong' in body) {
      const tooLong = detail(413, `The body is longer than ${config.maxBodyBytes} bytes.`)
      send(response, { ...tooLong, headers: { connection: 'close' } })
      return
    }
    const { method = '', url: target = '/', headers } = incoming
    const mark = target.indexOf('?')
    const disturbance = disturbanceOf(target)
    if (disturbance && !isHandled(disturbance)) {
      sendDisturbed(response, disturbance, target, undefined)
      return
    }
    const finish = (answer: Answer) =>
      disturbance ? sendDisturbed(response, disturbance, target, answer) : send(response, answer)
    const answered = answer({
      method,
      path: mark === -1 ? target : target.slice(0, mark),
      query: mark === -1 ? '' : target.slice(mark + 1),
      origin: headers.host && plainHost.test(headers.host) ? `http://${headers.host}` : url,
      authorization: headers.authorization,
      stackUrl: headers['x-grafana-url'] as string | undefined,
      bodyText: body.text,
    })
    if (answered instanceof Promise) answered.then(finish)
    else finish(answered)
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
