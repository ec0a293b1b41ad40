export interface ReadyQuery {
  title: string
  sql: string
}

/** Queries that the SQL box offers. They read `events`, whose columns have the names of the record and of the Hive table. */
export const readyQueries: readonly ReadyQuery[] = [
  {
    title: 'Top pages',
    sql: `SELECT url.path AS page, count(*) AS views, count(DISTINCT tab.id) AS tabs
FROM events
WHERE event.action = 'page_view'
GROUP BY url.path
ORDER BY views DESC
LIMIT 20`,
  },
  {
    title: 'Colors by hour',
    sql: `SELECT dt, hr, properties['color'] AS color, count(*) AS clicks
FROM events
WHERE properties['color'] IS NOT NULL
GROUP BY ALL
ORDER BY dt DESC, hr DESC, clicks DESC`,
  },
  {
    title: 'Loss by hour',
    sql: `SELECT dt, hr, site, expected, arrived, missing, late, passed_over, given_up, refused
FROM loss
ORDER BY dt DESC, hr DESC, site
LIMIT 100`,
  },
  {
    title: 'Completeness per partition',
    sql: 'SELECT * FROM completeness ORDER BY ALL',
  },
]
