import type { PagesAnswer } from '../answers.ts'
import { type Selected, textOf } from './rows.ts'

/** The hundred pages that were viewed most, and where visitors came from. */
export async function readPages({ rows, tally, where }: Selected): Promise<PagesAnswer> {
  const pages = await rows(`SELECT url.domain AS domain, coalesce(url.path, '(no page)') AS path, count(*) AS views,
      count(DISTINCT "user".id) AS visitors
    FROM events WHERE ${where} AND event.action = 'page_view'
    GROUP BY domain, path ORDER BY views DESC, path, domain LIMIT 100`)
  const host = hostOf('http.request.referrer')
  return {
    pages: pages.map(row => ({
      domain: textOf(row['domain']),
      path: String(row['path']),
      views: Number(row['views']),
      visitors: Number(row['visitors']),
    })),
    referrers: await tally(host, {
      limit: 20,
      condition: `event.action = 'page_view' AND ${host} <> '' AND ${host} <> coalesce(${hostOf('url.full')}, '')`,
    }),
  }
}

/** SQL: the host of an address, `android-app://…` included; empty where it has none. */
function hostOf(address: string): string {
  return `regexp_extract(${address}, '^[a-z][a-z0-9+.-]*://([^/?#]+)', 1)`
}
