import { setTimeout as wait } from 'node:timers/promises'
import { type ProxiedCall, startWebHdfsProxy, type Treatment } from '../../support/webhdfs-proxy.ts'
import { fullDisk } from './hdfs-site.ts'
import { inMidUpload, startProxied } from './mid-upload.ts'
import { hasLanded, isSaidAgain, timesSaid } from './moments.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

interface Proxied {
  name: string
  treatment: Exclude<Treatment, 'pass'>
  /** One such call in how many; 0 is none. */
  onceIn(call: ProxiedCall): number
}

const nameOf = ({ op, dataNode }: ProxiedCall) => (dataNode ? `dn:${op}` : op)

/** All writers go through a proxy to HDFS, which treats some calls badly while records come. */
const proxied = ({ name, treatment, onceIn }: Proxied): RealFault => ({
  name,
  async before(world) {
    const proxy = await startWebHdfsProxy(world.servers.hdfs.active().url)
    world.env['HDFS_URL'] = proxy.url
    world.atEnd(() => proxy.close())
    proxy.treat = call => {
      const rate = onceIn(call)
      if (!world.feeding || rate === 0 || !world.random.once(rate)) return 'pass'
      world.happened++
      return treatment
    }
  },
  trouble: () => wait(500),
})

interface Limited {
  name: string
  /** What has no room must say so. */
  says: RegExp
  limit(world: RealWorld): Promise<void>
  lift(world: RealWorld): Promise<void>
}

/** There is no room for a while, then there is again. */
const limited = ({ name, says, limit, lift }: Limited): RealFault => ({
  name,
  lengthMs: 40_000,
  async trouble(world) {
    await hasLanded(world)
    const before = timesSaid(world, says)
    await limit(world)
    if (await isSaidAgain(world, says, before)) world.happened++
    else if (world.feeding) world.wrong.push(`nobody said ${says}`)
    await wait(world.random.below(3_000))
    await lift(world)
    await wait(3_000)
  },
})

/** A table's, and the one above it, where staged files lie too; in an order in which rights can be given back. */
const foldersOf = ({ table }: RealWorld) => [table.slice(0, table.lastIndexOf('/')), table]

async function setQuota(world: RealWorld, quota: string): Promise<void> {
  const { servers, random } = world
  const folders = foldersOf(world)
  // A quota is lifted from both.
  for (const folder of quota.endsWith('=-1') ? folders : [random.pick(folders)]) {
    const url = `${servers.hdfs.active().url}/webhdfs/v1${folder}?op=SETQUOTA&${quota}`
    const answer = await fetch(url, { method: 'PUT' })
    if (!answer.ok) throw new Error(`SETQUOTA ${folder}: ${answer.status} ${await answer.text()}`)
  }
}

const quota = (name: string, parameter: string, says: RegExp): RealFault =>
  limited({
    name,
    says,
    limit: world => setQuota(world, `${parameter}=1`),
    lift: world => setQuota(world, `${parameter}=-1`),
  })

/** As the superuser, which no writer is. */
async function setPermission({ servers }: RealWorld, permission: string, folders: readonly string[]) {
  for (const folder of folders) {
    const url = `${servers.hdfs.active().url}/webhdfs/v1${folder}?op=SETPERMISSION&permission=${permission}`
    const answer = await fetch(url, { method: 'PUT' })
    if (!answer.ok) throw new Error(`SETPERMISSION ${folder}: ${answer.status} ${await answer.text()}`)
  }
}

/** Writers that start find that the newest files are not to be seen yet. */
const staleListing: RealFault = {
  name: 'stale listing',
  lengthMs: 60_000,
  async before(world) {
    const proxy = await startWebHdfsProxy(world.servers.hdfs.active().url)
    world.env['HDFS_URL'] = proxy.url
    world.atEnd(() => proxy.close())
    proxy.treat = call => {
      world.happened = proxy.staleAnswers
      return world.feeding && call.op === 'LISTSTATUS' && world.random.once(2) ? 'stale' : 'pass'
    }
  },
  async trouble(world) {
    await hasLanded(world)
    await wait(world.random.below(3_000))
    await world.end(world.some(), world.random.pick(['SIGTERM', 'SIGTERM', 'SIGKILL']))
    await world.startOne()
  },
}

async function startDataNode({ servers }: RealWorld, ...more: string[]): Promise<void> {
  const [dataNode] = servers.hdfs.dataNodes
  await dataNode?.end('SIGTERM')
  await dataNode?.start(...more)
}

const dataNodeKilled: RealFault = {
  name: 'DataNode killed in mid-upload',
  before: startProxied,
  async trouble(world) {
    const [dataNode] = world.servers.hdfs.dataNodes
    const cut = /ECONNRESET|socket hang up/
    const before = timesSaid(world, cut)
    if (!(await inMidUpload(world, async () => dataNode?.end('SIGKILL')))) return
    if (await isSaidAgain(world, cut, before)) world.happened++
    else world.wrong.push('no upload was cut')
    await wait(world.random.below(3_000))
    await dataNode?.start()
    await wait(2_000)
  },
}

/** Answers that don't come, uploads that break off, and room that runs out. */
export const storageFaults: readonly RealFault[] = [
  proxied({
    name: 'answers lost',
    treatment: 'lose',
    onceIn: call => (['RENAME', 'dn:CREATE'].includes(nameOf(call)) ? 3 : 15),
  }),
  proxied({
    name: 'uploads cut',
    treatment: 'cut',
    onceIn: call => (nameOf(call) === 'dn:CREATE' ? 2 : 0),
  }),
  limited({
    name: 'disk full',
    says: /Failed to find datanode|could only be written to 0/,
    limit: world => startDataNode(world, ...fullDisk),
    lift: world => startDataNode(world),
  }),
  quota('space quota', 'storagespacequota', /DSQuotaExceeded/),
  quota('name quota', 'namespacequota', /NSQuotaExceeded/),
  limited({
    name: 'permission taken and given back',
    says: /AccessControlException: Permission denied/,
    limit: world => setPermission(world, '000', [world.random.pick(foldersOf(world))]),
    lift: world => setPermission(world, '755', foldersOf(world)),
  }),
  staleListing,
  dataNodeKilled,
]
