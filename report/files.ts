import { type Database, insertLines, openDatabase } from '../dashboard/database.ts'
import { type LandedFile, listLandedFiles } from '../dashboard/landed-folder.ts'
import { lineBatches, readableLines } from '../dashboard/line-batches.ts'
import { duckDbDialect } from '../deploy/hive/views.ts'
import { type Landed, noPage, type ReadLanded, type Tally } from './landed.ts'
import { lookBackMs, minuteMs, type Span } from './span.ts'

const hourMs = 60 * minuteMs

type Connection = Awaited<ReturnType<Database['connect']>>

/**
 * Reads spans from the landed files below `eventsDir` (`dt=…/hr=…/*.json[.gz]`): those of the hours from 26 before the span
 * on, since files lie in the hour in which the topic took them. An event that is there several times counts once. A file
 * that can't be read is left out as a whole and named; a folder that is missing is an empty one.
 */
export function readFiles(eventsDir: string): ReadLanded {
  return async span => {
    const database = await openDatabase()
    const connection = await database.connect()
    const earliest = new Date(span.fromMs - lookBackMs - hourMs).toISOString()
    const files = (await listLandedFiles(eventsDir)).filter(({ dt, hr }) => `${dt}T${hr}` >= earliest.slice(0, 13))
    const unread: string[] = []
    for (const file of files) {
      const reason = await insertFile(connection, file)
      if (reason !== undefined) unread.push(`${file.name}: ${reason}`)
    }
    try {
      return { ...(await landedIn(connection, span)), unread }
    } finally {
      connection.closeSync()
    }
  }
}

/** Inserts all of a file, or nothing; returns why. */
async function insertFile(connection: Connection, { path, dt, hr }: LandedFile): Promise<string | undefined> {
  await connection.run('BEGIN')
  try {
    let line = 1
    for await (const batch of lineBatches(path)) {
      await connection.run(insertLines, { lines: readableLines(batch, line), dt, hr })
      line += batch.split('\n').length
    }
    await connection.run('COMMIT')
    return undefined
  } catch (error) {
    await connection.run('ROLLBACK')
    return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200)
  }
}

async function landedIn(connection: Connection, { fromMs, toMs }: Span): Promise<Omit<Landed, 'unread'>> {
  await connection.run(`CREATE TEMP TABLE seen AS
    SELECT *, epoch_ms(happened_at) AS happened_ms FROM events_distinct
    WHERE epoch_ms(happened_at) >= ${fromMs - lookBackMs} AND epoch_ms(happened_at) < ${toMs}`)
  const inSpan = `happened_ms >= ${fromMs}`
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects()
  const tallies = async (name: string, condition: string): Promise<Tally[]> => {
    const counted =
      await rows(`SELECT (happened_ms - ${fromMs}) // ${minuteMs} AS minute, ${name} AS name, count(*) AS times
      FROM seen WHERE ${inSpan} AND ${condition} GROUP BY ALL`)
    return counted.map(row => ({
      minute: Number(row['minute']),
      name: String(row['name']),
      count: Number(row['times']),
    }))
  }
  const tabs = await rows(`SELECT
      site,
      count(*) FILTER (${inSpan}) AS events,
      min(tab_sequence) FILTER (${inSpan}) AS lowest,
      max(tab_sequence) FILTER (${inSpan}) AS highest,
      coalesce(max(tab_sequence) FILTER (NOT (${inSpan})), 0) AS earlier
    FROM seen GROUP BY site, tab_id HAVING count(*) FILTER (${inSpan}) > 0`)
  const told = `(SELECT * FROM seen WHERE ${inSpan} AND action = 'events_dropped')`
  const givenUp = await rows(`SELECT site, sum(amount) AS amount FROM ${duckDbDialect.eachNumber(told)}
    WHERE amount > 0 GROUP BY site`)
  return {
    events: await tallies('site', 'true'),
    colors: await tallies("properties['color']", "action = 'color_click' AND properties['color'] IS NOT NULL"),
    pages: await tallies(`coalesce(path, '${noPage}')`, "action = 'page_view'"),
    tabs: tabs.map(row => ({
      site: String(row['site']),
      events: Number(row['events']),
      first: Number(row['lowest']),
      last: Number(row['highest']),
      before: Number(row['earlier']),
    })),
    givenUp: givenUp.map(row => ({ site: String(row['site']), count: Number(row['amount']) })),
  }
}
