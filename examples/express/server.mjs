// An API to point Onset at: one route, and express-rate-limit before it.
//
//   node examples/express/server.mjs
//
// LIMIT      how many requests each x-api-key may send in a window, default 100
// WINDOW_MS  how long a window lasts, default 60000
// PORT       default 3000; 0 for one that is free
//
// The process says where it listens, and ends with Ctrl-C.
import express from 'express'
import { rateLimit } from 'express-rate-limit'

const { LIMIT = '100', WINDOW_MS = '60000', PORT = '3000' } = process.env

const app = express()

app.use(
  rateLimit({
    limit: Number(LIMIT),
    windowMs: Number(WINDOW_MS),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => request.get('x-api-key') ?? 'nobody',
    message: { error: 'Too many requests for this key.', scope: 'x-api-key' },
  }),
)

app.get('/api', (_, response) => {
  response.json({ ok: true })
})

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) {
    console.error(`Cannot listen on port ${PORT}: ${error.message}`)
    process.exitCode = 1
    return
  }
  console.log(`http://127.0.0.1:${server.address().port}/api lets ${LIMIT} through in ${WINDOW_MS} ms`)
})
