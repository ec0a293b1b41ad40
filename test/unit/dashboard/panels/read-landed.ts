import { type PanelName, selectionSchema } from '../../../../dashboard/api.ts'
import { openDatabase } from '../../../../dashboard/database.ts'
import { createImporter } from '../../../../dashboard/importer.ts'
import { readPanel } from '../../../../dashboard/panels/read-panel.ts'
import { type LandedEvent, landedFolder } from '../../../support/landed-files.ts'

export const nowMs = Date.UTC(2026, 10, 21, 12, 0, 30)
export const minute = 60_000
export const hour = 60 * minute

/** A database that holds the events (or whole landed lines), imported from a folder that is gone again. */
export async function landed(events: readonly (LandedEvent | string)[]) {
  const folder = await landedFolder()
  try {
    if (events.length > 0) await folder.land(events)
    const database = await openDatabase()
    await (await createImporter(database, folder.dir)).scan(nowMs)
    const connection = await database.connect()
    return {
      panel: (panel: PanelName, selection: object = {}) =>
        readPanel(connection, panel, { selection: selectionSchema.parse(selection), nowMs }),
      rows: async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    }
  } finally {
    await folder.remove()
  }
}
