import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

test('holds the second half of an upload back until it may go on', async () => {
  let mayGoOn = () => {}
  const halfway = new Promise<void>(resolve => {
    proxy.halfway = () => {
      resolve()
      return new Promise(goOn => {
        mayGoOn = goOn
      })
    }
  })
  proxy.treat = ({ dataNode }) => (dataNode ? 'halt' : 'pass')
  const staged = vi.fn()
  const staging = store.stage('events', content).then(staged)
  await halfway
  expect(staged).not.toHaveBeenCalled()
  mayGoOn()
  await staging
  expect([...hdfs.tree.files.values()].map(file => file.length)).toEqual([1_000])
})

describe('a stale listing', () => {
  const landAll = async (count: number) => {
    for (let file = 0; file < count; file++)
      await store.land(await store.stage('events', content), `${100 + file}.json`)
  }
  const names = async () => (await store.list('')).map(({ name }) => name)

  test('lacks the newest three files', async () => {
    await landAll(13)
    const all = await names()
    proxy.treat = () => 'stale'
    const seen = await names()
    expect(all).toHaveLength(13)
    expect(seen).toHaveLength(10)
    expect(all).toEqual(expect.arrayContaining(seen))
    expect(proxy.staleAnswers).toBe(1)
  })

  test('lacks nothing where few files are', async () => {
    await landAll(12)
    proxy.treat = () => 'stale'
    expect(await names()).toHaveLength(12)
    expect(proxy.staleAnswers).toBe(0)
  })
})
