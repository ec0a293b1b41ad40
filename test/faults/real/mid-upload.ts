import { until } from '../../support/until.ts'
import { startWebHdfsProxy, type WebHdfsProxy } from '../../support/webhdfs-proxy.ts'
import type { RealWorld } from './world.ts'

const proxies = new WeakMap<RealWorld, WebHdfsProxy>()

/** Writers that start from now on go through a proxy to HDFS. */
export async function startProxied(world: RealWorld): Promise<void> {
  const proxy = await startWebHdfsProxy(world.servers.hdfs.active().url)
  world.env['HDFS_URL'] = proxy.url
  world.atEnd(() => proxy.close())
  proxies.set(world, proxy)
}

/** Acts when a DataNode has half of a file: false when records have ceased to come before. */
export async function inMidUpload(world: RealWorld, act: () => Promise<void>): Promise<boolean> {
  const proxy = proxies.get(world)
  if (!proxy) throw new Error('there is no proxy')
  let acted: Promise<void> | undefined
  proxy.halfway = () => {
    acted ??= act()
    return acted
  }
  proxy.treat = ({ op, dataNode }) => (dataNode && op === 'CREATE' && !acted ? 'halt' : 'pass')
  await until(() => acted !== undefined || !world.feeding, { what: 'an upload', timeoutMs: 180_000, everyMs: 10 })
  proxy.treat = () => 'pass'
  await acted
  return acted !== undefined
}
