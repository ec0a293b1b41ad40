-- What clicktrail's writer landed, as `clicktrail hive ddl` prints it. Run it again to see new partitions.
CREATE EXTERNAL TABLE IF NOT EXISTS events (
  `@timestamp` string,
  `event` struct<id:string, action:string, `sequence`:bigint, created:string>,
  `site` string,
  `tab` struct<id:string>,
  `session` struct<id:string>,
  `user` struct<id:string, name:string>,
  `url` struct<`full`:string, domain:string, path:string>,
  `page` struct<title:string, language:string>,
  `http` struct<request:struct<referrer:string>>,
  `user_agent` struct<original:string, name:string, version:string, os:struct<name:string, version:string>, device:struct<name:string, type:string>, bot:boolean>,
  `client` struct<ip:string>,
  `properties` map<string, string>,
  `kafka` struct<topic:string, `partition`:int, `offset`:bigint, skipped:bigint, generation:int>
)
PARTITIONED BY (dt string, hr string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS TEXTFILE
LOCATION '/data/events';

MSCK REPAIR TABLE events;

-- Every landed row, copies too, under plain names. dt and hr are those of the folder; WHERE dt = … reads that day alone.
CREATE OR REPLACE VIEW event_rows AS
SELECT
  event.id AS event_id,
  cast(translate(`@timestamp`, 'TZ', ' ') AS timestamp) AS happened_at,
  cast(datediff(substr(`@timestamp`, 1, 10), '1970-01-01') AS bigint) * 86400 + cast(substr(`@timestamp`, 12, 2) AS int) * 3600 + cast(substr(`@timestamp`, 15, 2) AS int) * 60 + cast(substr(`@timestamp`, 18, 2) AS int) AS happened_s,
  substr(`@timestamp`, 1, 10) AS happened_dt,
  substr(`@timestamp`, 12, 2) AS happened_hr,
  cast(translate(event.created, 'TZ', ' ') AS timestamp) AS received_at,
  (cast(datediff(substr(event.created, 1, 10), '1970-01-01') AS bigint) * 86400 + cast(substr(event.created, 12, 2) AS int) * 3600 + cast(substr(event.created, 15, 2) AS int) * 60 + cast(substr(event.created, 18, 2) AS int)) - (cast(datediff(substr(`@timestamp`, 1, 10), '1970-01-01') AS bigint) * 86400 + cast(substr(`@timestamp`, 12, 2) AS int) * 3600 + cast(substr(`@timestamp`, 15, 2) AS int) * 60 + cast(substr(`@timestamp`, 18, 2) AS int)) AS delay_s,
  site AS site,
  event.action AS action,
  tab.id AS tab_id,
  event.`sequence` AS tab_sequence,
  session.id AS session_id,
  `user`.id AS visitor,
  `user`.name AS user_name,
  url.domain AS domain,
  url.path AS path,
  page.title AS title,
  http.request.referrer AS referrer,
  user_agent.name AS browser,
  user_agent.os.name AS os,
  user_agent.device.type AS device,
  coalesce(user_agent.bot, false) AS bot,
  properties AS properties,
  kafka.topic AS kafka_topic,
  coalesce(kafka.generation, 1) AS kafka_generation,
  kafka.`partition` AS kafka_partition,
  kafka.`offset` AS kafka_offset,
  coalesce(kafka.skipped, 0) AS kafka_skipped,
  dt AS dt,
  hr AS hr
FROM events;

-- Each event once: the first of its rows by generation, partition and offset. Reads the whole table.
CREATE OR REPLACE VIEW events_distinct AS
SELECT
  event_id,
  happened_at,
  happened_s,
  happened_dt,
  happened_hr,
  received_at,
  delay_s,
  site,
  action,
  tab_id,
  tab_sequence,
  session_id,
  visitor,
  user_name,
  domain,
  path,
  title,
  referrer,
  browser,
  os,
  device,
  bot,
  properties,
  kafka_topic,
  kafka_generation,
  kafka_partition,
  kafka_offset,
  kafka_skipped,
  dt,
  hr
FROM (
  SELECT r.*, row_number() OVER (PARTITION BY event_id ORDER BY kafka_generation, kafka_partition, kafka_offset) AS nth
  FROM event_rows r
) numbered
WHERE nth = 1;

-- A row for each page viewed, as landed: the copies that the writer did not recognise are in it.
CREATE OR REPLACE VIEW page_views AS
SELECT
  event_id,
  happened_at,
  site,
  domain,
  path,
  title,
  referrer,
  visitor,
  session_id,
  browser,
  os,
  device,
  bot,
  dt,
  hr
FROM event_rows
WHERE action = 'page_view';

-- A row for each action called click or something_click, as landed.
CREATE OR REPLACE VIEW clicks AS
SELECT
  event_id,
  happened_at,
  site,
  action,
  properties['color'] AS color,
  visitor,
  user_name,
  path,
  browser,
  os,
  bot,
  dt,
  hr
FROM event_rows
WHERE substr(concat('_', action), -6) = '_click';

-- A row for each visit of people, bots left out: the browser's session id, or where it gives none, what a visitor does without a pause of 30 minutes. bounce: one page viewed and nothing else. dt: the day it began. Reads the whole table.
CREATE OR REPLACE VIEW sessions AS
SELECT
  visit AS session_id,
  site,
  min(visitor) AS visitor,
  min(happened_at) AS began_at,
  max(happened_at) AS ended_at,
  max(happened_s) - min(happened_s) AS duration_s,
  count(*) AS events,
  sum(CASE WHEN action = 'page_view' THEN 1 ELSE 0 END) AS views,
  min(CASE WHEN action = 'page_view' AND from_first = 1 THEN path END) AS entry_page,
  min(CASE WHEN action = 'page_view' AND from_last = 1 THEN path END) AS exit_page,
  count(*) = 1 AND min(action) = 'page_view' AS bounce,
  min(happened_dt) AS dt
FROM (
  SELECT
    v.*,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY happened_at, tab_sequence, event_id) AS from_first,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY happened_at DESC, tab_sequence DESC, event_id DESC) AS from_last
  FROM (
    SELECT
      p.*,
      coalesce(session_id, concat(who, '-', cast(sum(begins) OVER (PARTITION BY site, who ORDER BY happened_at, tab_sequence, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS string))) AS visit
    FROM (
      SELECT
        d.*,
        CASE WHEN happened_s - lag(happened_s) OVER (PARTITION BY site, who ORDER BY happened_at, tab_sequence, event_id) <= 1800 THEN 0 ELSE 1 END AS begins
      FROM (SELECT e.*, coalesce(session_id, visitor, tab_id) AS who FROM events_distinct e WHERE NOT bot) d
    ) p
  ) v
  WHERE visit IS NOT NULL
) ordered
GROUP BY site, visit;

-- A row for each partition and generation of the topic: is every offset here, once? Complete: missing and doubled are 0. skipped: copies, dead letters, and gaps (offsets that were gone before they could be read: a _gap file beside the data names them). The first row stands for nothing before it. Reads the whole table.
CREATE OR REPLACE VIEW completeness AS
SELECT
  kafka_topic, kafka_generation, kafka_partition,
  sum(times) AS landed,
  sum(passed) AS skipped,
  sum(CASE WHEN gone > passed THEN gone - passed ELSE 0 END) AS missing,
  sum(times - 1) AS doubled
FROM (
  SELECT
    o.*,
    coalesce(kafka_offset - previous - 1, 0) AS gone,
    CASE WHEN previous IS NULL THEN 0 ELSE skipped END AS passed
  FROM (
    SELECT
      c.*,
      lag(kafka_offset) OVER (PARTITION BY kafka_topic, kafka_generation, kafka_partition ORDER BY kafka_offset) AS previous
    FROM (
      SELECT kafka_topic, kafka_generation, kafka_partition, kafka_offset, count(*) AS times, max(kafka_skipped) AS skipped
      FROM event_rows
      GROUP BY kafka_topic, kafka_generation, kafka_partition, kafka_offset
    ) c
  ) o
) offsets
GROUP BY kafka_topic, kafka_generation, kafka_partition;

-- What became of the events of an hour (dt, hr: when they happened, UTC) and a site. expected: numbered by their tabs, up to each tab's last event that came; what a tab lost after that nobody can see. arrived: those that are here, each once. missing: those that are not, in the hour of their tab's next event that came; a number more than 100000 above its tab's last one is not believed, and nothing before it is missing. late: those that arrived, but more than 60 seconds after they happened. passed_over: rows beyond an event's first, and offsets that the writer passed over before a row of this hour and site: the copies that it recognised, dead letters and gaps, which nothing here tells apart. given_up: what browsers say in events_dropped that they gave up, each number up to 10000; those that had a number already are missing as well. refused: of given_up, what the collector refused (rejected, http_400 and the like). Tabs whose first days were dropped look as if those were missing. Reads the whole table.
CREATE OR REPLACE VIEW loss AS
SELECT
  substr(at_hour, 1, 10) AS dt,
  substr(at_hour, 11) AS hr,
  site,
  sum(expected) AS expected,
  sum(arrived) AS arrived,
  sum(expected - arrived) AS missing,
  sum(late) AS late,
  sum(passed_over) AS passed_over,
  sum(given_up) AS given_up,
  sum(refused) AS refused
FROM (
  SELECT
    at_hour,
    site,
    CASE WHEN step > 100000 THEN 1 ELSE step END AS expected,
    1 AS arrived,
    CASE WHEN delay_s > 60 THEN 1 ELSE 0 END AS late,
    passed_over,
    0 AS given_up,
    0 AS refused
  FROM (
    SELECT
      n.*,
      tab_sequence - coalesce(lag(tab_sequence) OVER (PARTITION BY site, tab_id ORDER BY tab_sequence), 0) AS step
    FROM (
      SELECT
        site,
        tab_id,
        tab_sequence,
        min(concat(happened_dt, happened_hr)) AS at_hour,
        min(delay_s) AS delay_s,
        count(*) - 1 + sum(kafka_skipped) AS passed_over
      FROM event_rows
      GROUP BY site, tab_id, tab_sequence
    ) n
  ) numbers
  UNION ALL
  SELECT
    concat(happened_dt, happened_hr) AS at_hour,
    site,
    0 AS expected,
    0 AS arrived,
    0 AS late,
    0 AS passed_over,
    CASE WHEN amount > 10000 THEN 10000 ELSE amount END AS given_up,
    CASE WHEN reason = 'rejected' OR substr(reason, 1, 5) = 'http_' THEN CASE WHEN amount > 10000 THEN 10000 ELSE amount END ELSE 0 END AS refused
  FROM (SELECT r.*, reason, cast(text AS bigint) AS amount FROM (SELECT * FROM events_distinct WHERE action = 'events_dropped') r LATERAL VIEW explode(properties) v AS reason, text) told
  WHERE amount > 0
) counted
GROUP BY at_hour, site;
