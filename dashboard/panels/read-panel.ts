import type { DuckDBConnection } from '@duckdb/node-api'
import type { PanelName, Selection } from '../api.ts'
import { readAudience } from './audience.ts'
import { readCompleteness } from './completeness.ts'
import { readEvents } from './events.ts'
import { readLive } from './live.ts'
import { readLoss } from './loss.ts'
import { readOverview } from './overview.ts'
import { readPages } from './pages.ts'
import { type Selected, select } from './rows.ts'

const readers: Record<
  Exclude<PanelName, 'completeness'>,
  (selected: Selected, selection: Selection) => Promise<object>
> = {
  overview: readOverview,
  pages: readPages,
  events: readEvents,
  audience: readAudience,
  live: readLive,
  loss: readLoss,
}

/** The panel's answer, from the table `events` as it is now. The completeness is that of all that has landed, whatever is selected. */
export async function readPanel(
  connection: DuckDBConnection,
  panel: PanelName,
  { selection, nowMs }: { selection: Selection; nowMs: number },
): Promise<object> {
  if (panel === 'completeness') return readCompleteness(connection)
  return readers[panel](await select(connection, selection, nowMs), selection)
}
