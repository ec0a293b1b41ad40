/** The icon of the page: an SVG document. */
export const iconSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4f46e5"/><path d="M6 22l6-7 5 4 9-10" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/><circle cx="26" cy="9" r="2.6" fill="#fff"/></svg>`

/** The page without its contents, which `page.js` fills in as text. `base` is what its addresses start from: it ends with a slash. */
export function pageHtml(base: string): string {
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
  <a class="away" href="../">Color page</a>
  <fieldset class="ranges" id="ranges">
    <legend class="hidden">Time range</legend>
    <label><input type="radio" name="range" value="hour" checked><span>Last hour</span></label>
    <label><input type="radio" name="range" value="day"><span>24 hours</span></label>
    <label><input type="radio" name="range" value="all"><span>All</span></label>
  </fieldset>
</header>
<main>
  <div id="notice" class="notice" role="status" hidden></div>
  <section id="empty" class="card empty" hidden>
    <h2>No events yet</h2>
    <p>Open the <a href="../">color page</a>, press a few colors and come back: events land in local files within 10 seconds (10 minutes with a broker; with HDFS, ask Hive),
    and this page shows each file as soon as it is there.</p>
  </section>
  <section class="totals" aria-label="Totals of the range">
    <div class="card total"><p class="label">Events</p><p class="figure" id="total-events">–</p></div>
    <div class="card total"><p class="label">Visitors</p><p class="figure" id="total-visitors">–</p></div>
    <div class="card total"><p class="label">Page loads</p><p class="figure" id="total-tabs">–</p></div>
    <div class="card total"><p class="label">Color clicks</p><p class="figure" id="total-clicks">–</p></div>
  </section>
  <section class="card" aria-labelledby="chart-title">
    <div class="heading"><h2 id="chart-title">Events a minute</h2><p id="chart-readout" class="readout"></p></div>
    <div id="chart" class="chart" role="img" aria-labelledby="chart-title chart-readout"></div>
  </section>
  <div class="columns">
    <section class="card" aria-labelledby="colors-title"><h2 id="colors-title">Colors</h2><div id="colors"></div></section>
    <section class="card" aria-labelledby="pages-title"><h2 id="pages-title">Pages</h2><div id="pages"></div></section>
    <section class="card" aria-labelledby="browsers-title"><h2 id="browsers-title">Browsers</h2><div id="browsers"></div></section>
  </div>
  <section class="card" aria-labelledby="latest-title">
    <h2 id="latest-title">Latest events</h2>
    <div class="scroll" id="latest" tabindex="0" role="region" aria-labelledby="latest-title"></div>
  </section>
  <section class="card" aria-labelledby="sql-title">
    <h2 id="sql-title">Ask in SQL</h2>
    <p class="hint">One SELECT over the table <code>events</code>: the columns are those of the Hive table. At most 5 seconds and 1,000 rows.</p>
    <form id="sql-form">
      <div class="ready" id="ready" role="group" aria-label="Ready queries"></div>
      <label class="hidden" for="sql">SQL</label>
      <textarea id="sql" rows="7" spellcheck="false" autocapitalize="off" autocomplete="off"></textarea>
      <div class="run"><button type="submit" class="primary" id="run">Run</button><kbd>Ctrl</kbd><span class="hint">+</span><kbd>Enter</kbd></div>
    </form>
    <div id="sql-answer" aria-live="polite"></div>
  </section>
</main>
<footer id="footer"></footer>
<noscript><p class="notice">This page needs JavaScript.</p></noscript>
</body>
</html>
`
}
