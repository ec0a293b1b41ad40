-- Eleven questions to the views of events.sql. All are the same text in Hive and in DuckDB (the dashboard's SQL box):
-- both run them in the tests. dt and hr are the UTC hour in which the topic took an event: what Hive finds a file by,
-- so name the day (WHERE dt = '2026-11-21') wherever a question allows it.

-- 1. Top pages: which are viewed most, and by how many visitors? Bots are left out.
SELECT domain, path, count(*) AS views, count(DISTINCT visitor) AS visitors
FROM page_views
WHERE NOT bot
GROUP BY domain, path
ORDER BY views DESC, domain, path
LIMIT 20;

-- 2. Colors by hour: which were clicked when? From events_distinct, so that no copy counts twice; on a large table
-- `clicks` with a day is quicker: the writer has removed all copies but those that came very late.
SELECT dt, hr, properties['color'] AS color, count(*) AS clicks
FROM events_distinct
WHERE action = 'color_click' AND properties['color'] IS NOT NULL
GROUP BY dt, hr, properties['color']
ORDER BY dt, hr, clicks DESC, color;

-- 3. Funnel: of those who viewed a page, how many then put something into the cart, and then ordered?
SELECT
  count(*) AS viewed,
  sum(CASE WHEN added_at >= viewed_at THEN 1 ELSE 0 END) AS added,
  sum(CASE WHEN added_at >= viewed_at AND ordered_at >= added_at THEN 1 ELSE 0 END) AS ordered
FROM (
  SELECT
    coalesce(visitor, tab_id) AS who,
    min(CASE WHEN action = 'page_view' THEN happened_at END) AS viewed_at,
    min(CASE WHEN action = 'add_to_cart' THEN happened_at END) AS added_at,
    max(CASE WHEN action = 'order' THEN happened_at END) AS ordered_at
  FROM event_rows
  WHERE NOT bot
  GROUP BY coalesce(visitor, tab_id)
) steps
WHERE viewed_at IS NOT NULL;

-- 4. Sessions: how many begin on a day, how many pages do they see, how long do they last?
SELECT
  dt,
  count(*) AS visits,
  count(DISTINCT visitor) AS visitors,
  round(avg(views), 2) AS pages_a_visit,
  round(avg(duration_s), 1) AS seconds_a_visit
FROM sessions
GROUP BY dt
ORDER BY dt;

-- 5. Bounce: on which pages do visits begin, and how many of them (in percent) end there, with nothing else done?
SELECT
  entry_page,
  count(*) AS visits,
  sum(CASE WHEN bounce THEN 1 ELSE 0 END) AS bounced,
  round(100.0 * sum(CASE WHEN bounce THEN 1 ELSE 0 END) / count(*), 1) AS bounced_percent
FROM sessions
WHERE entry_page IS NOT NULL
GROUP BY entry_page
ORDER BY visits DESC, entry_page
LIMIT 20;

-- 6. Browsers: what do people come with? count(DISTINCT event_id) counts a copy once.
SELECT browser, os, count(DISTINCT visitor) AS visitors, count(DISTINCT event_id) AS events
FROM event_rows
WHERE NOT bot AND browser IS NOT NULL
GROUP BY browser, os
ORDER BY visitors DESC, browser, os
LIMIT 20;

-- 7. Completeness per partition: is every offset of the topic here, once? It is where missing and doubled are 0. skipped
-- counts copies, dead letters, and offsets that were gone before they could be read (a _gap file beside the data names them).
SELECT kafka_topic, kafka_generation, kafka_partition, landed, skipped, missing, doubled
FROM completeness
ORDER BY kafka_topic, kafka_generation, kafka_partition;

-- 8. Loss per tab: which tabs lost events between browser and topic? tab_sequence counts 1, 2, 3 … without gaps, so
-- that a number that is not there is a lost event. What a tab lost after its last event that came, nobody can see.
SELECT tab_id, max(tab_sequence) AS sent, max(tab_sequence) - count(DISTINCT tab_sequence) AS lost
FROM event_rows
GROUP BY tab_id
HAVING max(tab_sequence) > count(DISTINCT tab_sequence)
ORDER BY lost DESC, tab_id
LIMIT 20;

-- 9. Late events: how long do events take from the browser to the collector, and how many lie in the folder of another
-- hour than they happened in? (Those a question by dt and hr finds elsewhere than one by happened_dt and happened_hr.)
SELECT
  CASE
    WHEN delay_s < 60 THEN 'under a minute'
    WHEN delay_s < 3600 THEN 'under an hour'
    WHEN delay_s < 86400 THEN 'under a day'
    ELSE 'days'
  END AS delay,
  count(*) AS events,
  sum(CASE WHEN happened_dt = dt AND happened_hr = hr THEN 0 ELSE 1 END) AS other_hour
FROM event_rows
GROUP BY
  CASE
    WHEN delay_s < 60 THEN 'under a minute'
    WHEN delay_s < 3600 THEN 'under an hour'
    WHEN delay_s < 86400 THEN 'under a day'
    ELSE 'days'
  END
ORDER BY events DESC, delay;

-- 10. Copies: which events landed more than once, and how far apart on the log? (A browser that missed the answer sends
-- again; the writer recognises a copy within 50,000 offsets, and events_distinct removes the others.)
SELECT
  event_id,
  count(*) AS landed,
  count(DISTINCT kafka_partition) AS partitions_seen,
  max(kafka_offset) - min(kafka_offset) AS offsets_apart
FROM event_rows
GROUP BY event_id
HAVING count(*) > 1
ORDER BY landed DESC, event_id
LIMIT 20;

-- 11. Loss by hour and site: how many events of each hour never came, how many came late, how many were passed over (copies,
-- dead letters, gaps), and what did browsers give up, of that refused by the collector? dt and hr are when it happened; what is missing stands in the hour of its tab's next event that came.
SELECT
  dt,
  hr,
  site,
  expected,
  arrived,
  missing,
  round(100.0 * missing / expected, 2) AS missing_percent,
  late,
  passed_over,
  given_up,
  refused
FROM loss
ORDER BY dt DESC, hr DESC, site
LIMIT 48;
