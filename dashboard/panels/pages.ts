import type { PagesAnswer } from '../answers.ts'
import { type Selected, textOf } from './rows.ts'

/** The hundred pages that were viewed most, and where visitors came from. */
export async function readPages({ rows, tally, where }: Selected): Promise<PagesAnswer> {
  const pages = await rows(`SELECT url.domain AS domain, coalesce(url.path, '(no page)') AS path, count(*) AS views,
      count(DISTINCT "user".id) AS visitors
    FROM events WHERE ${where} AND event.action = 'page_view'
    GROUP BY domain, path ORDER BY views DESC, path, domain LIMIT 100`)
  const host = `regexp_extract(http.request.referrer, '^[a-z]+://([^/?#]+)', 1)`
  return {
    pages: pages.map(row => ({
      domain: textOf(row['domain']),
      path: String(row['path']),
      views: Number(row['views']),
      visitors: Number(row['visitors']),
    })),
    referrers: await tally(host, {
      limit: 20,
      condition: `event.action = 'page_view' AND http.request.referrer IS NOT NULL AND ${host} <> coalesce(regexp_extract(url.full, '^[a-z]+://([^/?#]+)', 1), '')`,
    }),
  }
}
