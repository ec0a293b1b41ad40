import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { readTable } from '../../consumers/hdfs/table.ts'
import { createWebHdfsClient } from '../../consumers/hdfs/webhdfs/client.ts'

export interface Table {
  hdfs: string
  user: string
  path: string
}

/** Takes the row of an event out of its file, as only somebody with a shell on the cluster does. The file's last line stays a member of its own. */
export async function takeRow(
  { hdfs, user, path }: Table,
  partition: number,
  offset: number,
  eventId: string,
): Promise<void> {
  const store = await connectHdfs({ urls: [hdfs], user, path, logger: pino({ level: 'silent' }) })
  try {
    const { files } = await readTable(store)
    const file = files.findLast(one => one.partition === partition && one.start <= offset)
    if (!file) throw new Error(`no file holds offset ${offset}`)
    const content = gunzipSync(await store.read(file.path, 0, file.length)).toString()
    const lines = content.split('\n').filter(line => line !== '' && !line.includes(`"id":"${eventId}"`))
    const members = [lines.slice(0, -1), lines.slice(-1)].map(some => gzipSync(some.map(line => `${line}\n`).join('')))
    const client = createWebHdfsClient({ urls: [hdfs], user })
    const where = { path: `${path}/${file.path}`, params: { overwrite: 'true' } }
    await client.call({ method: 'PUT', op: 'CREATE', ...where, body: members })
  } finally {
    await store.close()
  }
}

/** Deletes the document of an event for good; returns what puts it back. */
export async function takeDocument(url: string, index: string, eventId: string): Promise<() => Promise<void>> {
  const found = await post(`${url}/${index}-*/_search`, { query: { term: { 'event.id': eventId } } })
  const hit = /"_index":"([^"]+)","_id":"([^"]+)"/.exec(found)
  if (!hit) throw new Error(`no document of ${eventId}`)
  const at = `${url}/${hit[1]}`
  const source = await (await fetch(`${at}/_source/${hit[2]}`)).text()
  await fetch(`${at}/_doc/${hit[2]}?refresh=true`, { method: 'DELETE' })
  return async () => void (await post(`${at}/_create/${hit[2]}?refresh=true`, JSON.parse(source)))
}

async function post(url: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer.text()
}
