import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../support/fake-webhdfs/fake-webhdfs.ts'
import { startWebHdfsProxy, type WebHdfsProxy } from '../../support/webhdfs-proxy.ts'

const table = '/data/events'
const content = [Buffer.from('x'.repeat(1_000))]

let hdfs: FakeWebHdfs
let proxy: WebHdfsProxy
let store: LandingStore

beforeEach(async () => {
  hdfs = await startFakeWebHdfs()
  proxy = await startWebHdfsProxy(hdfs.urls[0] ?? '')
  store = createWebHdfsStore({ urls: [proxy.url], user: 'clicktrail', path: table })
})

afterEach(async () => {
  await proxy.close()
  await hdfs.close()
})

test('carries uploads, renames and reads to NameNode and DataNode', async () => {
  const asked: string[] = []
  proxy.treat = ({ op, dataNode }) => {
    asked.push(`${dataNode ? 'dn:' : ''}${op}`)
    return 'pass'
  }
  expect(await store.land(await store.stage('events', content), 'a.json')).toBe('landed')
  expect(String(await store.read('a.json', 998, 2))).toBe('xx')
  expect(asked).toEqual(['CREATE', 'dn:CREATE', 'GETFILESTATUS', 'MKDIRS', 'RENAME', 'OPEN', 'dn:OPEN'])
})

test('has a rename done and loses the answer', async () => {
  const staged = await store.stage('events', content)
  proxy.treat = ({ op }) => (op === 'RENAME' ? 'lose' : 'pass')
  await expect(store.land(staged, 'a.json')).rejects.toMatchObject({ code: 'unavailable' })
  expect([...hdfs.tree.files.keys()]).toEqual([`${table}/a.json`])
})

test('lets half of an upload through', async () => {
  let left: number[] = []
  proxy.treat = ({ op, dataNode }) => {
    if (op === 'DELETE') left = [...hdfs.tree.files.values()].map(file => file.length)
    return dataNode ? 'cut' : 'pass'
  }
  await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
  expect(left).toEqual([500])
})
