import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { createHttpFsStore } from '../../consumers/hdfs/httpfs/store.ts'
import { createWebHdfsStore } from '../../consumers/hdfs/webhdfs/store.ts'
import { describeLandingStore } from '../support/describe-landing-store.ts'

const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const httpFs = process.env['HTTPFS_URL'] ?? 'http://127.0.0.1:14000'
const user = 'clicktrail'
const logger = pino({ level: 'silent' })
const newTable = () => `/tmp/clicktrail-stores-${randomUUID()}/events`

describeLandingStore('WebHDFS', async () => {
  const path = newTable()
  return () => createWebHdfsStore({ urls: [webHdfs], user, path })
})

describeLandingStore('HttpFS', async () => {
  const path = newTable()
  return () => createHttpFsStore({ urls: [httpFs], user, path })
})

test.each([
  { url: webHdfs, kind: 'webhdfs' },
  { url: httpFs, kind: 'httpfs' },
])('asks the server at $url whether it is $kind', async ({ url, kind }) => {
  const path = newTable()
  const store = await connectHdfs({ urls: [url], user, path, logger })
  expect(store.description).toBe(`${kind} ${url}${path}`)
})

test('passes over an address where nobody listens', async () => {
  const path = newTable()
  const store = await connectHdfs({ urls: ['http://127.0.0.1:1', webHdfs], user, path, logger })
  expect(await store.land(await store.stage('events', [Buffer.from('x')]), 'x.json')).toBe('landed')
})
