import { z } from 'zod'
import { type Patience, request } from './request.ts'

/** A NameNode hands a dead DataNode out for minutes (dfs.namenode.stale.datanode.interval and after): it is left out so long. */
const suspectForMs = 60_000
/** A hint is not worth a longer wait. */
const lookUpTimeoutMs = 3_000

/** DataNodes that failed lately. */
export interface Suspects {
  /** For `excludedatanodes`; undefined when there is none. */
  excluded(): string | undefined
  /**
   * Remembers the DataNode at `address` for a minute. A NameNode knows it by another port than that of its address
   * (DatanodeManager.getDatanodeByXferAddr), which it is asked for; where it doesn't say, nothing is remembered. Never rejects.
   */
  add(nameNode: string, address: URL): Promise<void>
  /** When there may be none left without them. */
  clear(): void
}

const liveNodesSchema = z.record(
  z.string(),
  z.object({ infoAddr: z.string(), infoSecureAddr: z.string().optional(), xferaddr: z.string() }),
)
const beansSchema = z.object({ beans: z.array(z.object({ LiveNodes: z.string() })) })

/**
 * The transfer address of the DataNode with this HTTP address, in the NameNode's `/jmx` (NameNodeInfo's LiveNodes: by host
 * name and transfer port, with addresses by IP). Undefined if it isn't there, or the text isn't that.
 */
export function transferAddressOf(jmx: string, { hostname, port }: URL): string | undefined {
  try {
    const { beans } = beansSchema.parse(JSON.parse(jmx))
    const nodes = beans.flatMap(bean => Object.entries(liveNodesSchema.parse(JSON.parse(bean.LiveNodes))))
    const found = nodes.find(([name, node]) =>
      [node.infoAddr, node.infoSecureAddr].some(
        address =>
          address === `${hostname}:${port}` || (name.startsWith(`${hostname}:`) && address?.endsWith(`:${port}`)),
      ),
    )
    return found?.[1].xferaddr
  } catch {
    // A proxy's page, or another version's answer: the NameNode doesn't say.
    return undefined
  }
}

export function createSuspects(patience: Patience): Suspects {
  const untilMs = new Map<string, number>()

  return {
    excluded() {
      for (const [address, until] of untilMs) if (until <= performance.now()) untilMs.delete(address)
      return untilMs.size > 0 ? [...untilMs.keys()].join(',') : undefined
    },
    async add(nameNode, address) {
      try {
        const url = new URL('/jmx?get=Hadoop:service=NameNode,name=NameNodeInfo::LiveNodes', nameNode)
        const idleTimeoutMs = Math.min(lookUpTimeoutMs, patience.idleTimeoutMs)
        const { body } = await request({ ...patience, idleTimeoutMs, method: 'GET', url })
        const transfer = transferAddressOf(body.toString(), address)
        if (transfer !== undefined) untilMs.set(transfer, performance.now() + suspectForMs)
      } catch {
        // Closed, or gone as well. The NameNode chooses among its DataNodes anew each time anyway.
      }
    },
    clear: () => untilMs.clear(),
  }
}
