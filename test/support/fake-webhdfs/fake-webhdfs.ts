import { createFaultPlan, type FaultPlan, nameOf, type WebHdfsFault } from './fault.ts'
import { createFileTree, type FileTree } from './file-tree.ts'
import type { NameNodeState } from './operations.ts'
import {
  type Cluster,
  createDataNode,
  createHttpFs,
  createNameNode,
  type DataNodeState,
  type FakeServer,
} from './servers.ts'

export interface FakeWebHdfsOptions {
  /** @default 'webhdfs' */
  kind?: 'webhdfs' | 'httpfs'
  /** NameNodes or HttpFS servers; all are active. @default 1 */
  nameNodes?: number
  /** @default 1 */
  dataNodes?: number
}

export interface Disturbance {
  /** Decides every fault: the same seed and the same calls, the same faults. */
  seed: number
  /** Part of the calls that fail, 0 … 1. @default 0.1 */
  rate?: number
  /** Part of the calls at which a server goes away, on standby or into safe mode, if none is so already. @default 0.02 */
  outageRate?: number
  /** How long it stays so. @default 100 */
  outageMs?: number
}

/**
 * An HDFS on loopback that remembers: NameNodes and DataNodes (or HttpFS servers) over one tree, answering as Hadoop 3.4's do.
 * Every server can be made to fail, and so can every call: by hand (`become`, `failNext`, `tree.limits`) or by a seed (`disturb`).
 */
export interface FakeWebHdfs {
  /** For the store's `urls`. */
  readonly urls: readonly string[]
  readonly tree: FileTree
  readonly nameNodes: readonly FakeServer<NameNodeState>[]
  readonly dataNodes: readonly FakeServer<DataNodeState>[]
  /** Operations in the order in which they came; the DataNode's with `dn:` before. */
  readonly calls: string[]
  /** The next calls of this operation (`RENAME`, `dn:CREATE` …) get these faults, one each. */
  failNext(op: string, ...faults: WebHdfsFault[]): void
  /** Lets things go wrong from now on. Replaces an earlier disturbance. */
  disturb(disturbance: Disturbance): void
  /** What has gone wrong so far, by operation and fault: `RENAME lost`, `NameNode down` … */
  readonly disturbed: ReadonlyMap<string, number>
  /** Ends the disturbance, empties the faults and limits, and resolves when every server serves again. */
  calm(): Promise<void>
  close(): Promise<void>
}

const nameNodeOutages = ['down', 'standby', 'safe mode', 'starting', 'hung'] as const
const dataNodeOutages = ['down', 'hung', 'dead'] as const

/** Starts the servers, each on a free port, until `close()`. */
export async function startFakeWebHdfs(options: FakeWebHdfsOptions = {}): Promise<FakeWebHdfs> {
  const { kind = 'webhdfs', nameNodes = 1, dataNodes = 1 } = options
  const calls: string[] = []
  const faults = new Map<string, WebHdfsFault[]>()
  const disturbed = new Map<string, number>()
  const tree = createFileTree()
  let plan: FaultPlan | undefined
  let outage: Promise<void> | undefined
  let disturbance: Required<Disturbance> | undefined

  const count = (what: string) => void disturbed.set(what, (disturbed.get(what) ?? 0) + 1)

  async function endAfter(ms: number, back: () => Promise<void>, start: Promise<void>): Promise<void> {
    await start
    await new Promise(resolve => setTimeout(resolve, ms))
    await back()
    outage = undefined
  }

  function beginOutage({ random }: FaultPlan, ms: number): void {
    const servers = [...cluster.nameNodes, ...cluster.dataNodes]
    const at = random.below(servers.length)
    const nameNode = cluster.nameNodes[at]
    const dataNode = cluster.dataNodes[at - cluster.nameNodes.length]
    if (nameNode) {
      const state = random.pick(nameNodeOutages)
      count(`NameNode ${state}`)
      outage = endAfter(ms, () => nameNode.become('active'), nameNode.become(state))
    } else if (dataNode) {
      const state = random.pick(dataNodeOutages)
      count(`DataNode ${state}`)
      outage = endAfter(ms, () => dataNode.become('up'), dataNode.become(state))
    }
  }

  function noteCall(op: string): WebHdfsFault | undefined {
    calls.push(op)
    const scripted = faults.get(op)?.shift()
    if (scripted || !plan || !disturbance) return scripted
    const { random } = plan
    if (!outage && random.below(10_000) < disturbance.outageRate * 10_000) beginOutage(plan, disturbance.outageMs)
    const fault = plan.next(op)
    if (fault) count(`${op} ${nameOf(fault)}`)
    return fault
  }

  const cluster: Cluster = { tree, noteCall, nameNodes: [], dataNodes: [] }
  for (let index = 0; index < nameNodes; index++) {
    cluster.nameNodes.push(await (kind === 'httpfs' ? createHttpFs : createNameNode)(cluster, index))
  }
  const uploads = kind === 'httpfs' ? 0 : dataNodes
  for (let index = 0; index < uploads; index++) cluster.dataNodes.push(await createDataNode(cluster))

  async function calm(): Promise<void> {
    plan = undefined
    faults.clear()
    const unlimited = Number.POSITIVE_INFINITY
    Object.assign(tree.limits, { names: unlimited, bytes: unlimited, diskBytes: unlimited, readOnly: [] })
    await outage
    for (const node of cluster.nameNodes) await node.become('active')
    for (const node of cluster.dataNodes) await node.become('up')
  }

  return {
    urls: cluster.nameNodes.map(node => `http://${node.host}`),
    tree,
    nameNodes: cluster.nameNodes,
    dataNodes: cluster.dataNodes,
    calls,
    failNext: (op, ...next) => void faults.set(op, [...(faults.get(op) ?? []), ...next]),
    disturb(given) {
      disturbance = { rate: 0.1, outageRate: 0.02, outageMs: 100, ...given }
      plan = createFaultPlan(disturbance.seed, disturbance.rate)
    },
    disturbed,
    calm,
    async close() {
      plan = undefined
      await outage
      await Promise.all([...cluster.nameNodes, ...cluster.dataNodes].map(node => node.become('down')))
    },
  }
}
