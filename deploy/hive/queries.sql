-- Questions to the table of events.sql. Name the day (dt) where you can: it is what Hive reads.

-- Which colors were clicked, and by whom?
SELECT color, count(*) AS clicks, count(DISTINCT user_name) AS people
FROM clicks
GROUP BY color
ORDER BY clicks DESC, color;

-- Is every offset of the topic here? One row a partition and generation; `missing` is 0 where nothing is.
SELECT
  kafka.topic AS topic,
  coalesce(kafka.generation, 1) AS generation,
  kafka.`partition` AS kafka_partition,
  count(*) AS landed,
  sum(coalesce(kafka.skipped, 0)) AS skipped,
  max(kafka.`offset`) - min(kafka.`offset`) + 1 - count(*) - sum(coalesce(kafka.skipped, 0)) AS missing
FROM events
GROUP BY kafka.topic, coalesce(kafka.generation, 1), kafka.`partition`
ORDER BY topic, generation, kafka_partition;

-- Which pages are viewed most?
SELECT domain, path, count(*) AS views, count(DISTINCT visitor) AS visitors
FROM page_views
GROUP BY domain, path
ORDER BY views DESC, domain, path
LIMIT 20;

-- How many events came in each hour, by browser?
SELECT dt, hr, user_agent.name AS browser, count(*) AS events
FROM events
GROUP BY dt, hr, user_agent.name
ORDER BY dt, hr, events DESC;

-- Which tabs lost events? `sequence` counts 1, 2, 3 … without gaps.
SELECT tab.id AS tab_id, max(event.`sequence`) - count(DISTINCT event.`sequence`) AS lost
FROM events
GROUP BY tab.id
HAVING max(event.`sequence`) > count(DISTINCT event.`sequence`)
ORDER BY lost DESC
LIMIT 20;
