import { fork } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'

/** A server in a process of its own that does nothing but answer, every request alike. */
export interface BareServer {
  url: string
  /** When each request has arrived since this was last asked, in milliseconds of the server's own clock. */
  arrivals(): Promise<number[]>
  close(): void
}

/** Starts one on the loopback address. It ends with this process. */
export async function startBareServer(): Promise<BareServer> {
  const server = fork(import.meta.filename, { serialization: 'advanced' })
  const told = <Message>() => new Promise<Message>((resolve) => server.once('message', resolve))
  const { port } = await told<{ port: number }>()
  return {
    url: `http://127.0.0.1:${port}/`,
    async arrivals() {
      server.send('arrivals')
      return (await told<{ arrivals: number[] }>()).arrivals
    },
    close: () => server.disconnect(),
  }
}

function serve(): void {
  let arrivals: number[] = []
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', () => {
      arrivals.push(performance.now())
      socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.on('message', () => {
    process.send?.({ arrivals })
    arrivals = []
  })
  process.on('disconnect', () => process.exit())
}

if (import.meta.main) serve()
