import { lossQuery } from '../deploy/hive/loss.ts'
import { duckDbDialect } from '../deploy/hive/views.ts'
import { evenTabsLoss, eventRows, unevenRows, unevenTabs } from './uneven-tabs.ts'

/** What the view `loss` counts, in the order of its columns. */
export const lossCounts = ['expected', 'arrived', 'missing', 'late', 'passed_over', 'given_up', 'refused'] as const

/**
 * SQL: the view `loss` of the rows `where` of `events`, given the tables `uneven` and `uneven_rows` of the same rows. The view's own question
 * goes to what the uneven tabs did and to what browsers gave up; the even tabs are only counted.
 */
export function lossRows(where: string): string {
  const tells = `event.id IN (SELECT event.id FROM events WHERE ${where} AND event.action = 'events_dropped')`
  const told = `${eventRows(`${where} AND ${tells}`)}
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY kafka_generation, kafka_partition, kafka_offset) = 1`
  const exact = lossQuery(view => (view === 'event_rows' ? 'uneven_rows' : `(${told})`), duckDbDialect.eachNumber)
  return `SELECT dt, hr, site, ${lossCounts.map(name => `sum(${name}) AS ${name}`).join(', ')}
    FROM (${exact} UNION ALL ${evenTabsLoss(where)})
    GROUP BY dt, hr, site`
}

/** SQL: the rows of Hive's view `loss`, in DuckDB an order of magnitude sooner than by Hive's text, which sorts every event there is. */
export const lossView = `WITH uneven AS MATERIALIZED (${unevenTabs('true')}),
    uneven_rows AS MATERIALIZED (${unevenRows('true')})
  ${lossRows('true')}`
