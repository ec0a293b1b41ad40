import type { Range } from './api.ts'
import type { RoomName } from './page/address.ts'

/** Where else one may look. */
export interface Links {
  kibana?: string | undefined
  grafana?: string | undefined
}

/** In the order of their links. */
const rooms: Readonly<Record<RoomName, string>> = {
  overview: 'Overview',
  pages: 'Pages',
  events: 'Events',
  audience: 'Browsers',
  live: 'Live',
  loss: 'Loss',
  letters: 'Dead letters',
  sql: 'SQL',
}

/** Each as it stands on the page, and what that means. */
const ranges: Readonly<Record<Range | 'yesterday', readonly [short: string, long: string]>> = {
  hour: ['Hour', 'Last hour'],
  day: ['24 h', 'Last 24 hours'],
  yesterday: ['Since yesterday', 'From the beginning of yesterday on, in your time zone'],
  week: ['7 d', 'Last 7 days'],
  month: ['30 d', 'Last 30 days'],
  all: ['All', 'All that has landed'],
  custom: ['Custom', 'From one time to another'],
}

/** The page without its contents, which `page.js` fills in as text. `base` is what its addresses start from: it ends with a slash. */
export function pageHtml(base: string, links: Links = {}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<base href="${base.replace(/[^\w./-]/g, encodeURIComponent)}">
<title>Clicktrail</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<script type="module" src="page.js"></script>
</head>
<body>
<header class="top">
  <h1><img src="icon.svg" alt="" width="28" height="28">Clicktrail</h1>
  <p id="status" class="status" data-state="waiting"><span class="dot"></span><span id="status-text">connecting</span></p>
  <p class="away"><a href="../">Color page</a>${away('Kibana', links.kibana)}${away('Grafana', links.grafana)}
    <button type="button" id="scheme" class="quiet" title="Light, dark, or as the system has it">Auto</button></p>
</header>
<nav class="rooms" id="rooms" aria-label="Rooms">
${Object.entries(rooms)
  .map(([name, title]) => `  <a href="#${name}" data-room="${name}">${title}</a>`)
  .join('\n')}
</nav>
<form class="selection" id="selection" aria-label="What is shown">
  <fieldset class="ranges" id="ranges">
    <legend class="hidden">Time range</legend>
${Object.entries(ranges)
  .map(
    ([value, [short, long]]) =>
      `    <label title="${long}"><input type="radio" name="range" value="${value}"><span>${short}</span></label>`,
  )
  .join('\n')}
  </fieldset>
  <span id="custom" class="custom" hidden>
    <label>From <input type="datetime-local" id="from" step="60"></label>
    <label>to <input type="datetime-local" id="to" step="60"></label>
  </span>
  <label id="site-label" hidden>Site <select id="site"></select></label>
  <label class="check" id="people-label"><input type="checkbox" id="people"> without bots</label>
</form>
<main id="main">
  <div id="notice" class="notice" role="status" hidden></div>
  <section id="empty" class="card empty" hidden>
    <h2>No events yet</h2>
    <p>Open the <a href="../">color page</a>, press a few colors and come back: events land in local files within 10 seconds (10 minutes with a broker; with HDFS, ask Hive),
    and this page shows each file as soon as it is there.</p>
  </section>
  <div id="room" class="room" aria-live="off"></div>
</main>
<footer id="footer"></footer>
<noscript><p class="notice">This page needs JavaScript.</p></noscript>
</body>
</html>
`
}

/** A link, where the address is one that a browser opens as a page. */
function away(title: string, address: string | undefined): string {
  if (address === undefined || !/^https?:\/\/[^\s"'<>]+$/i.test(address)) return ''
  return ` <a href="${address.replaceAll('&', '&amp;')}" rel="noopener">${title}</a>`
}
