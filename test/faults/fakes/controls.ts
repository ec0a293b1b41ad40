import { randomUUID } from 'node:crypto'
import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import type { Interceptor } from './elasticsearch-client.ts'
import { faults } from './faults.ts'
import type { FakeFault } from './play.ts'
import type { WorldOptions } from './world.ts'

/** A writer that is known to be wrong, and a fault that has to show it. */
export interface Control {
  name: string
  fault: FakeFault
}

const offsetOf = (line: string) => Number(/"offset":(\d+)/.exec(line.slice(line.lastIndexOf('"kafka":')))?.[1])
const endOf = (name: string) => Number(/~(\d+)$/.exec(name)?.[1])

/** Names files by their first and their last offset: two writers that stop at different offsets both win. */
function startAndEndInTheName(store: LandingStore): LandingStore {
  const ends = new Map<string, number>()
  const newest = async (folder: string) => {
    const entries = (await store.list(folder)).toSorted((a, b) => endOf(a.name) - endOf(b.name))
    return new Map(entries.map(entry => [entry.name.replace(/~\d+$/, ''), entry]))
  }
  return {
    ...store,
    async stage(name, chunks) {
      const staged = await store.stage(name, chunks)
      const lines = gunzipSync(Buffer.concat(chunks)).toString().trimEnd()
      ends.set(staged.path, offsetOf(lines.slice(lines.lastIndexOf('\n') + 1)))
      return staged
    },
    land: (staged, path) => store.land(staged, `${path}~${ends.get(staged.path)}`),
    list: async folder => [...(await newest(folder))].map(([name, entry]) => ({ ...entry, name })),
    async read(path, offset, length) {
      const found = (await newest(posix.dirname(path))).get(posix.basename(path))
      return store.read(found ? posix.join(posix.dirname(path), found.name) : path, offset, length)
    },
  }
}

/** Sees no file, and so goes on from the committed offset. */
const fromTheCommit = (store: LandingStore): LandingStore => ({ ...store, list: async () => [] })

/** Has Elasticsearch's own ids instead of the events': what is written again is there twice. */
const underOtherIds: Interceptor = (request, ask) => {
  const { bulkBody } = request
  if (!Buffer.isBuffer(bulkBody)) return ask(request)
  const text = bulkBody.toString().replaceAll(/"_id":"[^"]*"/g, () => `"_id":"${randomUUID()}"`)
  return ask({ ...request, bulkBody: Buffer.from(text) })
}

/** Takes documents that were answered with one of these for stored. */
const takenForStored =
  (statuses: RegExp): Interceptor =>
  async (request, ask) =>
    JSON.parse(JSON.stringify(await ask(request)).replaceAll(statuses, '"status":201'))

/** Puts each document into the index of the day on which it arrived: its copies may lie in another one. */
const byArrival: Interceptor = (request, ask) => {
  const { bulkBody } = request
  if (!Buffer.isBuffer(bulkBody)) return ask(request)
  const withDay = /-[\d.]{10}("[^\n]*\n\{"@timestamp":"(\d{4})-(\d\d)-(\d\d))/g
  return ask({ ...request, bulkBody: Buffer.from(bulkBody.toString().replaceAll(withDay, '-$2.$3.$4$1')) })
}

const wrong = (name: string, under: string, world: WorldOptions): Control[] =>
  faults
    .filter(fault => fault.name === under)
    .map(fault => ({
      name: `control: ${name}`,
      fault: { ...fault, world: { ...fault.world, ...world, settleMs: 3_000 } },
    }))

/** Each has to lose or to double something within the seeds of a run: else the harness would not see a writer that does. */
export const controls: readonly Control[] = [
  ...wrong('names by start and end', 'zombie before land', { wrap: startAndEndInTheName }),
  ...wrong('goes on from the commit', 'files moved away, to land again', { wrap: fromTheCommit }),
  ...wrong('documents under other ids', 'kill -9 after bulk, elasticsearch', { interceptor: underOtherIds }),
  ...wrong('refused is stored', 'documents refused for a while, elasticsearch', {
    interceptor: takenForStored(/"status":(429|5\d\d)/g),
  }),
  ...wrong('conflict is stored', 'other events under used ids, elasticsearch', {
    interceptor: takenForStored(/"status":409/g),
  }),
  ...wrong('index by arrival', 'documents refused for good, elasticsearch', { interceptor: byArrival }),
]
