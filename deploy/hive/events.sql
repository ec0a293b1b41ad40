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

CREATE OR REPLACE VIEW page_views AS
SELECT
  event.id AS event_id,
  cast(translate(`@timestamp`, 'TZ', ' ') AS timestamp) AS happened_at,
  site,
  url.domain AS domain,
  url.path AS path,
  page.title AS title,
  http.request.referrer AS referrer,
  `user`.id AS visitor,
  session.id AS session_id,
  user_agent.name AS browser,
  user_agent.os.name AS os,
  user_agent.device.type AS device,
  dt,
  hr
FROM events
WHERE event.action = 'page_view';

CREATE OR REPLACE VIEW clicks AS
SELECT
  event.id AS event_id,
  cast(translate(`@timestamp`, 'TZ', ' ') AS timestamp) AS happened_at,
  site,
  event.action AS action,
  properties['color'] AS color,
  `user`.id AS visitor,
  `user`.name AS user_name,
  url.path AS path,
  user_agent.name AS browser,
  user_agent.os.name AS os,
  dt,
  hr
FROM events
WHERE event.action RLIKE '(^|_)click$';
