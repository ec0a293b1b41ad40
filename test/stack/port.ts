import { createServer } from 'node:net'

/** Those of `ports` that nobody can listen on at 127.0.0.1, because somebody does. */
export async function portsTaken(ports: number[]): Promise<number[]> {
  const taken = await Promise.all(ports.map(async port => ((await canListen(port)) ? [] : [port])))
  return taken.flat()
}

function canListen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
