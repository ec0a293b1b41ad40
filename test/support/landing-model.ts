import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { type Compressor, memberBytes } from '../../consumers/hdfs/compressor.ts'
import { createHdfsSink } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { logOf, logStartMs } from './landing-log.ts'
import {
  createMemoryStorage,
  type MemoryStorage,
  type StoreFault,
  type StoreOperation,
} from './memory-landing-store.ts'

/** How one run goes; everything else follows from its seed. */
export interface ModelOptions {
  /** Writers recognise copies in windows of different widths, and close files at different sizes. */
  disagree: boolean
  /** Somebody stops all writers, moves the newest files away and starts them again. */
  operator?: boolean
  /** A wrong protocol, for the negative controls: the store as the writers see it. */
  wrap?: (store: LandingStore, storage: MemoryStorage) => LandingStore
}

/** What was found wrong after a run, and how much happened in it. */
export interface ModelOutcome {
  lost: number[]
  doubled: number[]
  /** Rows whose `skipped` doesn't lead back to the row before; copies that writers who agree have landed; dead letters that nobody got. */
  wrong: string[]
  /** Whether the last writer, left alone, came to the end of the log. */
  finished: boolean
  files: number
  crashes: number
  faults: number
  lostRaces: number
}

const records = 24
const logger = pino({ level: 'silent' })
const { signal } = new AbortController()

/** Mulberry32: a small generator, so that a seed is a run. */
function randomOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Everything that was called runs on until it waits at a gate: nothing in the sink waits for anything but the store. */
const settled = () => new Promise<void>(resolve => setImmediate(resolve))

/** One run: up to three writers on one partition, any of them a zombie, stepping in an order that only the seed knows. */
export async function runModel(seed: number, options: ModelOptions): Promise<ModelOutcome> {
  const random = randomOf(seed)
  const chance = (probability: number) => random() < probability
  const upTo = (limit: number) => Math.floor(random() * limit)

  const ids: (string | null)[] = []
  const times: number[] = []
  for (let offset = 0; offset < records; offset++) {
    const copied = chance(0.3) ? ids[Math.max(0, offset - 1 - upTo(9))] : undefined
    ids.push(chance(0.05) ? null : (copied ?? `event-${offset}`))
    const previous = times.at(-1) ?? logStartMs
    times.push(previous + (chance(0.05) ? -1 : 1) * upTo(500_000))
  }
  const log = logOf(ids, offset => times[offset] ?? 0)

  const storage = createMemoryStorage(() => logStartMs)
  const deadLetters = new Set<number>()
  const outcome: ModelOutcome = {
    lost: [],
    doubled: [],
    wrong: [],
    finished: false,
    files: 0,
    crashes: 0,
    faults: 0,
    lostRaces: 0,
  }
  let committed: { next: number; metadata: string } | undefined
  let calm = false
  let gates: { writer: number; open: () => void }[] = []
  const finished = new Set<number>()

  const gate = (writer: number) => new Promise<void>(open => gates.push({ writer, open }))

  function faultOf(operation: StoreOperation): StoreFault | undefined {
    if (operation === 'list') return chance(0.1) ? { unseen: 1 + upTo(3) } : chance(0.02) ? 'fails' : undefined
    if (operation === 'read') return chance(0.02) ? 'fails' : undefined
    if (!chance(0.06)) return undefined
    return (['fails', 'unanswered', 'late'] as const)[upTo(3)]
  }

  function storeOf(writer: number): LandingStore {
    const store = storage.store(async operation => {
      await gate(writer)
      const fault = calm ? undefined : faultOf(operation)
      if (fault) outcome.faults++
      return fault
    })
    return options.wrap?.(store, storage) ?? store
  }

  /** A writer with the loop around it: start → add → dead letters → flush → commit. Ends at the end of the log. */
  async function write(writer: number, windowOffsets: number, maxRecords: number): Promise<void> {
    const format = seed % 16 === 0 ? 'json.gz' : 'json'
    const wait = () => gate(writer)
    const store = storeOf(writer)
    const now = () => logStartMs
    const sink = createHdfsSink({ store, topic: 't', logger, format, maxRecords, windowOffsets, wait, now, compressor })
    starting: for (;;) {
      let position = await sink.start(0, { low: 0, high: records, committed }, signal)
      for (;;) {
        const batch = log.slice(position, position + 1 + upTo(8))
        position += batch.length
        for (const { record } of sink.add(0, batch, 0)) deadLetters.add(record.offset)
        while (sink.due(0, 0) || (sink.buffered(0).records > 0 && (position >= records || chance(0.2)))) {
          const flushed = await sink.flush(0, signal)
          if (flushed === 'lost') {
            outcome.lostRaces++
            await gate(writer)
            continue starting
          }
          await gate(writer)
          if (!chance(0.1)) committed = flushed
        }
        if (position >= records) return
        await gate(writer)
      }
    }
  }

  let incarnations = 0
  function begin(): void {
    const writer = incarnations++
    const [windowOffsets, maxRecords] = options.disagree ? [1 + upTo(10), 1 + upTo(6)] : [6, 1 + (seed % 5)]
    write(writer, windowOffsets, maxRecords).then(
      () => finished.add(writer),
      error => outcome.wrong.push(String(error)),
    )
  }

  /** A crash: whatever the writer was waiting for never comes. */
  function crash(writer: number): void {
    gates = gates.filter(one => one.writer !== writer)
    outcome.crashes++
    begin()
  }

  async function step(): Promise<void> {
    const [next] = gates.splice(upTo(gates.length), 1)
    if (!next) return
    if (!calm && chance(0.015)) crash(next.writer)
    else next.open()
    if (!calm && chance(0.1)) storage.settle()
    await settled()
  }

  async function runFor(steps: number): Promise<void> {
    await settled()
    for (let count = 0; count < steps && gates.length > 0; count++) await step()
  }

  /** Everybody stops, and what was under way is over. */
  function stopAll(): void {
    gates = []
    storage.settle()
  }

  const writers = 1 + upTo(3)
  for (let count = 0; count < writers; count++) begin()
  await runFor(30 + upTo(200))
  if (options.operator) {
    stopAll()
    const starts = [...storage.files.keys()].sort((a, b) => startOf(a) - startOf(b))
    for (const path of starts.slice(1 + upTo(starts.length))) storage.files.delete(path)
    for (let count = 0; count < writers; count++) begin()
    await runFor(30 + upTo(100))
  }
  stopAll()
  calm = true
  begin()
  await runFor(1_000)
  outcome.finished = finished.has(incarnations - 1)
  judge(outcome, { log, ids, storage, deadLetters, agreed: !options.disagree })
  return outcome
}

/** Compresses at once: a step of the model ends when nobody has anything left to do but to wait at a gate. */
const compressor: Compressor = {
  blank: () => Buffer.allocUnsafe(memberBytes),
  compress: async (raw, length) => gzipSync(raw.subarray(0, length)),
  room: () => undefined,
}

function startOf(path: string): number {
  return Number(/-(\d{20})\./.exec(path)?.[1])
}

interface Row {
  offset: number
  skipped: number
}

function rowsOf(storage: MemoryStorage): Row[] {
  const rows: Row[] = []
  for (const [path, content] of storage.files) {
    const text = (path.includes('.gz') ? gunzipSync(content) : content).toString()
    for (const line of text.split('\n').slice(0, -1)) {
      const { kafka } = JSON.parse(line)
      rows.push({ offset: kafka.offset, skipped: kafka.skipped ?? 0 })
    }
  }
  return rows.sort((a, b) => a.offset - b.offset)
}

interface Evidence {
  log: readonly LogRecord[]
  ids: readonly (string | null)[]
  storage: MemoryStorage
  deadLetters: ReadonlySet<number>
  agreed: boolean
}

function judge(outcome: ModelOutcome, { ids, storage, deadLetters, agreed }: Evidence): void {
  const rows = rowsOf(storage)
  const landed = new Set(rows.map(row => row.offset))
  outcome.files = storage.files.size
  for (const [offset, id] of ids.entries()) {
    const first = id !== null && ids.indexOf(id) === offset
    if (first && !landed.has(offset)) outcome.lost.push(offset)
    if (id === null && offset < (rows.at(-1)?.offset ?? 0) && !deadLetters.has(offset))
      outcome.wrong.push(`${offset} is in no dead letter`)
    if (!agreed || id === null) continue
    const copy = ids.slice(Math.max(0, offset - 6), offset).includes(id)
    if (copy === landed.has(offset))
      outcome.wrong.push(`${offset} is ${copy ? 'a copy and landed' : 'no copy and did not land'}`)
  }
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1]
    if (before?.offset === row.offset) outcome.doubled.push(row.offset)
    else if (before && row.offset - before.offset - 1 !== row.skipped)
      outcome.wrong.push(`${row.offset} skips ${row.skipped} after ${before.offset}`)
  }
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return
  // Design §4: count(*) + sum(coalesce(kafka.skipped, 0)) = max(kafka.offset) − min(kafka.offset) + 1
  const skipped = rows.reduce((sum, row) => sum + row.skipped, 0)
  if (rows.length + skipped !== last.offset - first.offset + 1)
    outcome.wrong.push('the completeness equation does not hold')
}
