import { fileURLToPath } from 'node:url'
import { until } from '../../support/until.ts'
import { elasticsearchFailpoints } from '../fakes/elasticsearch-faults.ts'
import type { Point } from '../fakes/gate.ts'
import { failpoints } from '../fakes/writer-faults.ts'
import type { RealFault } from './play.ts'

/** Where the bundle of the harness has it. */
const mortalWriter = fileURLToPath(new URL('mortal-writer.mjs', import.meta.url))

/** Beside one writer that lives there is always one that kills itself at that step, the first or a later time it comes there. */
const killedAt = (point: Point): RealFault => ({
  name: `kill -9 ${point}`,
  writers: 1,
  ...(point.endsWith('bury') && { mixture: { foreignOnceIn: 5 } }),
  async trouble(world) {
    const env = { FAULTS_DIE_AT: point, FAULTS_DIE_TURN: String(1 + world.random.below(3)) }
    const writer = await world.startOne({ script: mortalWriter, env })
    const { child } = writer
    const isGone = () => child.signalCode !== null || child.exitCode !== null
    const what = `a writer to come to ${point}`
    await until(() => isGone() || !world.feeding, { what, timeoutMs: 60_000 }).catch(() => {})
    if (child.signalCode === 'SIGKILL') world.happened++
    if (child.exitCode !== null)
      world.wrong.push(`a writer ended with ${child.exitCode}: ${writer.output().slice(-500)}`)
    await world.end(writer, 'SIGKILL')
  },
})

/** A crash at every step of landing a file. */
export const failpointFaults: readonly RealFault[] = failpoints.map(killedAt)

/** … and of storing documents. */
export const documentFailpointFaults: readonly RealFault[] = elasticsearchFailpoints.map(killedAt)
