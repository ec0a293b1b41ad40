import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { bulkBody, dailyIndex, documentBytes } from '../../consumers/elasticsearch/document.ts'
import { landedEndsOf, readRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

function lineOf({ value }: LogRecord) {
  const read = readRecord(value)
  if (!read.ok) throw new Error(read.message)
  return read
}

/** The daily indices of records. */
export function indicesOf(records: readonly LogRecord[], index: string): Set<string> {
  const indexOf = dailyIndex(index)
  return new Set(records.map(record => indexOf(lineOf(record))))
}

const endOf = landedEndsOf({ topic: 'bench', partition: 0 })

/** The bodies of bulks, ready before the clock runs. */
export function bodiesOf(records: readonly LogRecord[], index: string, bulkRecords: number): Buffer[] {
  const indexOf = dailyIndex(index)
  const bodies = []
  for (let from = 0; from < records.length; from += bulkRecords) {
    const documents = records.slice(from, from + bulkRecords).map(record => {
      const line = lineOf(record)
      return { index: indexOf(line), id: line.eventId, json: line.json, offset: record.offset }
    })
    const bytes = documents.reduce((sum, one) => sum + documentBytes(one) + endOf(one.offset).length + 1, 0)
    bodies.push(bulkBody(documents, endOf, bytes))
  }
  return bodies
}

/** Posts the bodies over so many connections, by node:http alone, and resolves to the seconds that it took. */
export async function postRaw(url: string, bodies: readonly Buffer[], connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const post = (body: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/x-ndjson', 'content-length': body.length }
      const posting = request(`${url}/_bulk?filter_path=errors`, { method: 'POST', agent, headers }, response => {
        text(response).then(answer => {
          if (answer === '{"errors":false}') resolve()
          else reject(new Error(`${response.statusCode} ${answer}`))
        }, reject)
      })
      posting.on('error', reject).end(body)
    })
  const began = performance.now()
  const left = [...bodies]
  const worker = async () => {
    for (let body = left.shift(); body; body = left.shift()) await post(body)
  }
  await Promise.all(Array.from({ length: connections }, worker))
  agent.destroy()
  return (performance.now() - began) / 1_000
}
