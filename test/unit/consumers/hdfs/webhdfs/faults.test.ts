import { afterEach, expect, test } from 'vitest'
import { createWebHdfsStore } from '../../../../../consumers/hdfs/webhdfs/store.ts'
import {
  type FakeWebHdfs,
  type FakeWebHdfsOptions,
  startFakeWebHdfs,
} from '../../../../support/fake-webhdfs/fake-webhdfs.ts'
import { until } from '../../../../support/until.ts'

let fake: FakeWebHdfs
afterEach(() => fake.close())

async function start(options?: FakeWebHdfsOptions) {
  fake = await startFakeWebHdfs(options)
  return storeOf()
}
function storeOf(dataNodes?: readonly string[]) {
  const patience = { connectTimeoutMs: 1_000, idleTimeoutMs: 200 }
  return createWebHdfsStore({ urls: fake.urls, user: 'clicktrail', path: '/data/events', dataNodes, ...patience })
}
const nameNode = (index: number) => fake.nameNodes[index] ?? expect.fail('no such NameNode')
const dataNode = (index: number) => fake.dataNodes[index] ?? expect.fail('no such DataNode')
const filesLeft = () => [...fake.tree.files.keys()]
const content = [Buffer.from('one '), Buffer.from('two')]
const file = 'dt=2026-11-21/hr=02/events-p00-00000000000000000000.json'

test.each(['standby', 'starting', 'safe mode', 'down'] as const)(
  'goes on with the other NameNode while one is %s, and asks that one first from then on',
  async state => {
    const store = await start({ nameNodes: 2 })
    await nameNode(0).become(state)
    expect(await store.land(await store.stage('events', content), file)).toBe('landed')
    fake.calls.length = 0
    await store.stage('events', content)
    expect(fake.calls).toEqual(['CREATE', 'dn:CREATE', 'GETFILESTATUS'])
    await nameNode(1).become(state)
    await nameNode(0).become('active')
    expect((await store.list('dt=2026-11-21/hr=02')).length).toBe(1)
    await expect(store.stage('events', content)).resolves.toBeDefined()
  },
)

test('comes back to the first NameNode when the roles are changed', async () => {
  const store = await start({ nameNodes: 2 })
  await nameNode(1).become('standby')
  const staged = await store.stage('events', content)
  await nameNode(0).become('standby')
  await nameNode(1).become('active')
  expect(await store.land(staged, file)).toBe('landed')
})

test.each(['standby', 'starting', 'down', 'hung'] as const)(
  'is unavailable while every NameNode is %s, and goes on when one is back',
  async state => {
    const store = await start({ nameNodes: 2 })
    await Promise.all([nameNode(0).become(state), nameNode(1).become(state)])
    await expect(store.list('')).rejects.toMatchObject({ code: 'unavailable', retriable: true })
    await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
    await nameNode(1).become('active')
    // A hung one costs one more try.
    const staged = await store.stage('events', content).catch(() => store.stage('events', content))
    expect(await store.land(staged, file)).toBe('landed')
  },
)

test('reads in safe mode, and is unavailable for writing until it is over', async () => {
  const store = await start()
  const staged = await store.stage('events', content)
  await store.land(staged, file)
  await nameNode(0).become('safe mode')
  expect(String(await store.read(file, 4, 3))).toBe('two')
  await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
  await nameNode(0).become('active')
  await expect(store.stage('events', content)).resolves.toBeDefined()
})

test('leaves a DataNode that is down out, at once and for the files after', async () => {
  const store = await start({ dataNodes: 3 })
  await dataNode(0).become('down')
  for (let files = 0; files < 6; files++) await store.stage('events', content)
  expect(filesLeft()).toHaveLength(6)
  // One try was in vain, and the NameNode was asked again.
  expect(fake.calls.filter(op => op === 'CREATE')).toHaveLength(7)
})

test('reads from another DataNode when one is down', async () => {
  const store = await start({ dataNodes: 3 })
  await store.land(await store.stage('events', content), file)
  await dataNode(1).become('down')
  await dataNode(2).become('down')
  expect(String(await store.read(file, 0, 7))).toBe('one two')
})

test('is unavailable while the only DataNode is down, whether the NameNode knows or not, and goes on when it is back', async () => {
  const store = await start()
  for (const state of ['down', 'dead'] as const) {
    await dataNode(0).become(state)
    await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'unavailable', retriable: true })
    expect(filesLeft()).toEqual([])
    await dataNode(0).become('up')
    await store.discard(await store.stage('events', content))
  }
})

test('asks again for a DataNode although the NameNode does not say how it knows them', async () => {
  const store = await start({ dataNodes: 2 })
  await dataNode(0).become('down')
  // Its /jmx is closed: the two take turns.
  fake.failNext('/jmx', { status: 403, body: '' }, { status: 403, body: '' })
  await expect(store.stage('events', content)).resolves.toBeDefined()
})

test('leaves a DataNode that hangs out of the next try', async () => {
  const store = await start({ dataNodes: 3 })
  await dataNode(0).become('hung')
  await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
  for (let files = 0; files < 4; files++) await store.stage('events', content)
  expect(filesLeft()).toHaveLength(4)
})

test('leaves nothing of an upload whose DataNode dies in the middle, and writes it with another', async () => {
  const store = await start({ dataNodes: 3 })
  fake.failNext('dn:CREATE', 'killed')
  const big = [Buffer.alloc(8 * 1_048_576, 'x')]
  await expect(store.stage('events', big)).rejects.toMatchObject({ code: 'unavailable' })
  await dataNode(0).become('down')
  expect(filesLeft()).toEqual([])
  const { path } = await store.stage('events', big)
  expect(fake.tree.files.get(path)?.length).toBe(8 * 1_048_576)
})

test.each([
  ['reset', 'unavailable'],
  ['lost', 'unavailable'],
  ['hang', 'unavailable'],
  ['cut', 'unavailable'],
  ['killed', 'unavailable'],
  ['short', 'short_write'],
] as const)('leaves nothing of an upload that ends as %s, and says %s', async (fault, code) => {
  const store = await start()
  fake.failNext('dn:CREATE', fault)
  await expect(store.stage('events', content)).rejects.toMatchObject({ code, retriable: true })
  expect(filesLeft()).toEqual([])
  await expect(store.stage('events', content)).resolves.toBeDefined()
})

test.each([
  ['reset', false],
  ['lost', true],
  ['late', true],
  ['hang', false],
] as const)('says nothing about a rename that ends as %s, and does not repeat it', async (fault, landed) => {
  const store = await start({ nameNodes: 2 })
  const staged = await store.stage('events', content)
  fake.failNext('RENAME', fault)
  await expect(store.land(staged, file)).rejects.toMatchObject({ code: 'unavailable' })
  expect(fake.calls.filter(op => op === 'RENAME')).toHaveLength(1)
  if (landed) await until(() => fake.tree.files.has(`/data/events/${file}`), { what: 'the rename', everyMs: 10 })
  expect(filesLeft()).toEqual([landed ? `/data/events/${file}` : staged.path])
})

test('does not let a rename that comes late land what has been discarded', async () => {
  const store = await start()
  const staged = await store.stage('events', content)
  fake.failNext('RENAME', 'late')
  await expect(store.land(staged, file)).rejects.toMatchObject({ code: 'unavailable' })
  await store.discard(staged)
  await until(() => fake.calls.at(-1) === 'DELETE', { what: 'the removal', everyMs: 10 })
  await store.land(await store.stage('events', [Buffer.from('mine')]), file)
  expect(String(fake.tree.files.get(`/data/events/${file}`))).toBe('mine')
})

test('loses against a file that a stale listing did not show', async () => {
  const store = await start()
  await store.land(await store.stage('events', content), file)
  fake.failNext('LISTSTATUS', 'stale')
  expect(await store.list('dt=2026-11-21/hr=02')).toEqual([])
  expect(await store.land(await store.stage('events', [Buffer.from('mine')]), file)).toBe('lost')
  expect(String(fake.tree.files.get(`/data/events/${file}`))).toBe('one two')
})

test.each([
  ['broken off', undefined],
  ['{"FileStatuses":{"FileStatus":[\n{"RemoteException":{"exception":"RetriableException","message":"x"}}', 200],
  ['{"RemoteException":{"exception":"IOException","message":"x"}}', 200],
] as const)('takes a listing that broke off after its 200 for a storage that is away: %s', async (body, status) => {
  const store = await start()
  await store.land(await store.stage('events', content), file)
  fake.failNext('LISTSTATUS', status === undefined ? body : { status, body })
  await expect(store.list('')).rejects.toMatchObject({ code: 'unavailable', retriable: true })
  expect(await store.list('')).toHaveLength(1)
})

test('takes a short read for a storage that is away', async () => {
  const store = await start()
  await store.land(await store.stage('events', content), file)
  fake.failNext('dn:OPEN', 'short')
  await expect(store.read(file, 0, 7)).rejects.toMatchObject({ code: 'unavailable' })
  expect(String(await store.read(file, 0, 7))).toBe('one two')
})

test.each([
  ['disk is full', { diskBytes: 3 }, 'unavailable'],
  ['space quota is used up', { bytes: 3 }, 'no_room'],
  ['name quota is used up', { names: 3 }, 'no_room'],
] as const)('leaves nothing of a file while the %s, and goes on when there is room', async (_, limits, code) => {
  const store = await start()
  Object.assign(fake.tree.limits, limits)
  await expect(store.stage('events', content)).rejects.toMatchObject({ code, retriable: true })
  expect(filesLeft()).toEqual([])
  await fake.calm()
  expect(await store.land(await store.stage('events', content), file)).toBe('landed')
})

test('lands nothing where the name quota leaves no folder, and the staged file lands when it does', async () => {
  const store = await start()
  const staged = await store.stage('events', content)
  fake.tree.limits.names = 4
  await expect(store.land(staged, file)).rejects.toMatchObject({ code: 'no_room', retriable: true })
  await fake.calm()
  expect(await store.land(staged, file)).toBe('landed')
})

test.each(['/data/_staging', '/data/events'])('does not wait for a right that is missing at %s', async path => {
  const store = await start()
  fake.tree.limits.readOnly = [path]
  const landing = store.stage('events', content).then(staged => store.land(staged, file))
  await expect(landing).rejects.toMatchObject({ code: 'unauthorized', retriable: false })
})

test('sends no byte to a DataNode that is not on the list', async () => {
  await start()
  const store = storeOf(['dn.example:9864'])
  await expect(store.stage('events', content)).rejects.toMatchObject({ code: 'invalid', retriable: false })
  expect(fake.calls).not.toContain('dn:CREATE')
  expect(await storeOf([dataNode(0).host]).stage('events', content)).toBeDefined()
})

test('waits for what is slow', async () => {
  const store = await start()
  for (const op of ['CREATE', 'dn:CREATE', 'RENAME']) fake.failNext(op, { delayMs: 50 })
  expect(await store.land(await store.stage('events', content), file)).toBe('landed')
})
