import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hiveDdl } from '../../../deploy/hive/ddl.ts'
import { serverDir } from '../../stack/folders.ts'
import { runHive } from '../../stack/hive.ts'
import type { Fault } from '../fault.ts'
import type { LandedTable } from './play.ts'

const query = (table: string) =>
  `SELECT '${table}', kafka_partition, landed, missing + doubled FROM ${table}_completeness;`

/** Hive counts what all runs have landed, and asks of each partition whether it is complete. `rpc` is of the NameNode that serves then. */
export function countedByHive(name: string, tables: readonly LandedTable[], rpc: () => string): Fault {
  return {
    name,
    async run() {
      const hdfs = rpc()
      const statements = tables.map(({ table: location }, index) => {
        const table = `faults_${index}`
        return `${hiveDdl({ location, table })}\n${query(table)}`
      })
      const rows = await runHive(statements.join('\n'), { hdfs })
      const wrong: string[] = []
      let records = 0
      for (const [index, { table, rows: expected }] of tables.entries()) {
        const own = rows.filter(([of]) => of === `faults_${index}`)
        const counted = own.reduce((sum, row) => sum + Number(row[2]), 0)
        records += counted
        if (counted !== expected) wrong.push(`${table}: Hive counts ${counted} rows of ${expected}`)
        for (const [, partition, , missing] of own)
          if (missing !== '0')
            wrong.push(`${table}: ${missing} offsets are missing or doubled in partition ${partition}`)
      }
      rmSync(join(serverDir('hive'), hdfs.replace(/[^\w.-]/g, '_')), { recursive: true, force: true })
      return { records, copies: 0, skipped: 0, deadLetters: 0, happened: tables.length, lost: [], doubled: [], wrong }
    },
  }
}
