import type { LogRecord } from '../../../topic/topic.ts'
import type { Outcome } from '../fault.ts'
import { judge } from '../judge.ts'
import type { World } from './world.ts'

interface FirstLife {
  partition: number
  old: readonly LogRecord[]
}

/** The way out for documents: the offset is reset, and the new log lands beside what the first life has left. */
export async function offsetReset(world: World, { partition, old }: FirstLife): Promise<Outcome> {
  await Promise.all([...world.writers].map(writer => world.close(writer)))
  const before = world.landed()
  const buried = world.letters.origins()
  const ofOld = before.rows.filter(row => row.partition === partition)
  const nothing: LogRecord[] = []
  const first = judge({
    log: Array.from({ length: world.log.partitions() }, (_, index) => (index === partition ? old : nothing)),
    landed: { ...before, rows: ofOld },
    deadLetters: buried.filter(letter => letter.partition === partition),
    chained: false,
  })
  world.group.committed.delete(partition)
  await world.startOne()
  await world.settle()
  const log = Array.from({ length: world.log.partitions() }, (_, index) => world.log.records(index))
  const landed = world.landed()
  const paths = new Set(ofOld.map(row => row.path))
  // A document of the first life is one of the second where that has the same record.
  const texts = (log[partition] ?? []).map(record => String(record.value))
  const rows = landed.rows.flatMap(row => {
    const offset = paths.has(row.path) ? texts.indexOf(String(old[row.offset]?.value)) : row.offset
    return offset < 0 ? [] : [{ ...row, offset }]
  })
  const again = world.letters
    .origins()
    .filter((letter, index) => letter.partition !== partition || index >= buried.length)
  const second = judge({ log, landed: { ...landed, rows }, deadLetters: again, chained: false })
  return {
    ...second,
    happened: world.happened,
    lost: [...first.lost, ...second.lost],
    doubled: [...first.doubled, ...second.doubled],
    wrong: [...world.wrong, ...first.wrong, ...second.wrong],
  }
}
