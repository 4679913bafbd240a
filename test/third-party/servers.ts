import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyRateLimit from '@fastify/rate-limit'
import { serve } from '@hono/node-server'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import fastify from 'fastify'
import { Hono } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import { TokenBucket } from 'limiter'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** What is to be enforced, for each value of the header `x-key`. */
export interface Enforced {
  limit: number
  windowMs: number
}

/** A server on 127.0.0.1 whose limiter somebody else wrote. */
export interface LimitedServer {
  url: string
  close(): Promise<void>
}

/** Starts a server, with nothing counted yet. */
export type StartServer = (enforced: Enforced) => Promise<LimitedServer>

/** express-rate-limit, with its own store, on Express. */
export const withExpressRateLimit: StartServer = ({ limit, windowMs }) => {
  const app = express()
  app.use(rateLimit({ limit, windowMs, keyGenerator: (request) => request.get('x-key') ?? '' }))
  app.get('/', (_, response) => {
    response.send('ok')
  })
  return listening(createServer(app))
}

/** rate-limiter-flexible, with its store in memory, before a plain server. */
export const withRateLimiterFlexible: StartServer = ({ limit, windowMs }) => {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowMs / 1000 })
  return listening(
    createServer((request, response) => {
      limiter.consume(keyOf(request)).then(
        () => answer(response, 200),
        () => answer(response, 429),
      )
    }),
  )
}

/** @fastify/rate-limit, with its own store, on Fastify. */
export const withFastifyRateLimit: StartServer = async ({ limit, windowMs }) => {
  const app = fastify()
  await app.register(fastifyRateLimit, {
    max: limit,
    timeWindow: windowMs,
    keyGenerator: (request) => String(request.headers['x-key']),
  })
  app.get('/', async () => 'ok')
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}

/** hono-rate-limiter, with its own store, on Hono's server for Node. */
export const withHonoRateLimiter: StartServer = async ({ limit, windowMs }) => {
  const app = new Hono()
  app.use(rateLimiter({ limit, windowMs, keyGenerator: (context) => context.req.header('x-key') ?? '' }))
  app.get('/', (context) => context.text('ok'))
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(started))
  })
  return opened(server as Server)
}

/** limiter's token bucket, full at the start, before a plain server. */
export const withTokenBucket: StartServer = ({ limit, windowMs }) => {
  const buckets = new Map<string, TokenBucket>()
  const bucketOf = (key: string) => {
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = new TokenBucket({ bucketSize: limit, tokensPerInterval: limit, interval: windowMs })
      bucket.content = limit
      buckets.set(key, bucket)
    }
    return bucket
  }
  return listening(
    createServer((request, response) =>
      answer(response, bucketOf(keyOf(request)).tryRemoveTokens(1) ? 200 : 429),
    ),
  )
}

function keyOf({ headers }: IncomingMessage): string {
  return String(headers['x-key'])
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}

async function listening(server: Server): Promise<LimitedServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return opened(server)
}

function opened(server: Server): LimitedServer {
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
