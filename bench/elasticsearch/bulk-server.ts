import { fork } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

/**
 * `instant` takes every bulk at once; `scarce` works on one at a time, lets one wait, and refuses any other with 429, in turn as
 * a whole and item by item; `closed` answers 503.
 */
const modes = ['instant', 'scarce', 'closed'] as const
export type ServerMode = (typeof modes)[number]

/** What `scarce` works on a document, milliseconds. */
export const scarceMs = 0.05

const newline = 0x0a

function documentsIn(chunk: Buffer): number {
  let lines = 0
  for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++
  return lines / 2
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }).end(body)
}

const itemsOf = (count: number, item: string) => `{"items":[${Array(count).fill(item).join(',')}]}`
const created = '{"create":{"status":201}}'
const full = '{"type":"es_rejected_execution_exception","reason":"no room"}'
const refused = `{"create":{"status":429,"error":${full}}}`

/** Serves bulks on loopback for the process that forked this one, until that ends: nothing is kept but their number. */
export async function serveBulks(text: string): Promise<void> {
  const mode = modes.find(one => one === text)
  let documents = 0
  let inside = 0
  let refusals = 0
  let turn = Promise.resolve<unknown>(undefined)
  const server = createServer(async (request, response) => {
    let count = 0
    for await (const chunk of request) count += documentsIn(chunk)
    if (mode === 'closed') return send(response, 503, '{}')
    if (mode === 'scarce') {
      if (inside >= 2) {
        return refusals++ % 2 === 0
          ? send(response, 429, `{"error":${full},"status":429}`)
          : send(response, 200, itemsOf(count, refused))
      }
      inside++
      turn = turn.then(() => wait(count * scarceMs))
      await turn
      inside--
    }
    documents += count
    send(response, 200, request.url?.endsWith('filter_path=errors') ? '{"errors":false}' : itemsOf(count, created))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  process.on('message', () => process.send?.({ documents, refusals }))
  process.on('disconnect', () => process.exit())
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` })
}

const hello = z.object({ url: z.string() })
const tally = z.object({ documents: z.number(), refusals: z.number() })

export interface BulkServer {
  url: string
  tally(): Promise<z.infer<typeof tally>>
  close(): void
}

/** The server in a process of its own: its work is not in our figures. */
export function startBulkServer(mode: ServerMode): Promise<BulkServer> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--serve', mode], { stdio: ['ignore', 2, 2, 'ipc'] })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
    child.once('message', message =>
      resolve({
        url: hello.parse(message).url,
        tally: () =>
          new Promise(answer => {
            child.once('message', reply => answer(tally.parse(reply)))
            child.send('tally')
          }),
        close: () => void child.kill(),
      }),
    )
  })
}
