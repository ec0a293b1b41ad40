import { count, different, extreme, missing, overTime, top } from './columns.ts'
import { bars, donut, figure, table } from './lens.ts'

const by = 'count'

/** The charts of the dashboard, by name. */
export const charts = {
  events: figure(
    { id: 'events', title: 'events', description: 'Events stored.', columns: { count: count() } },
    'count',
  ),
  visitors: figure(
    {
      id: 'visitors',
      title: 'visitors',
      description: 'Different user.id: from the browser where it gives one, else a pseudonym of one day.',
      columns: { visitors: different('user.id', 'Visitors') },
    },
    'visitors',
  ),
  tabs: figure(
    {
      id: 'tabs',
      title: 'tabs',
      description: 'Different tab.id: one page load, up to 24 hours.',
      columns: { tabs: different('tab.id', 'Tabs') },
    },
    'tabs',
  ),
  overTime: bars(
    {
      id: 'over-time',
      title: 'events over time',
      description: 'By the time at which they happened.',
      columns: { action: top('event.action', { label: 'Action', size: 5, by }), time: overTime(), count: count() },
    },
    { series: 'bar_stacked', x: 'time', y: 'count', split: 'action' },
  ),
  visitorsOverTime: bars(
    {
      id: 'visitors-over-time',
      title: 'visitors over time',
      description: 'Different user.id in each while.',
      columns: { time: overTime(), visitors: different('user.id', 'Visitors') },
    },
    { series: 'line', x: 'time', y: 'visitors' },
  ),
  colors: bars(
    {
      id: 'colors',
      title: 'colors',
      description: 'properties.color of the color clicks.',
      query: 'event.action: color_click',
      columns: { color: top('properties.color', { label: 'Color', size: 10, by }), count: count('Clicks') },
    },
    { series: 'bar_horizontal', x: 'color', y: 'count' },
  ),
  pages: table(
    {
      id: 'pages',
      title: 'pages',
      description: 'The most viewed paths.',
      query: 'event.action: page_view',
      columns: { page: top('url.path', { label: 'Page', size: 10, by }), count: count('Views') },
    },
    { shown: ['page', 'count'], sort: 'count' },
  ),
  browsers: donut(
    {
      id: 'browsers',
      title: 'browsers',
      description: 'Events by the name of the browser.',
      columns: { browser: top('user_agent.name', { label: 'Browser', size: 7, by }), count: count() },
    },
    { slice: 'browser', size: 'count' },
  ),
  languages: donut(
    {
      id: 'languages',
      title: 'languages',
      description: 'Events by page.language.',
      columns: { language: top('page.language', { label: 'Language', size: 7, by }), count: count() },
    },
    { slice: 'language', size: 'count' },
  ),
  losses: table(
    {
      id: 'losses',
      title: 'completeness of tabs',
      description:
        'A tab numbers its events without gaps: a number missing between the first and the last that are here never came, or is a dead letter. The 100 tabs with most events.',
      columns: {
        tab: top('tab.id', { label: 'Tab', size: 100, by, other: false }),
        count: count(),
        last: extreme('max', 'event.sequence', 'Last number'),
        ...missing('missing', 'event.sequence', 'Missing'),
      },
    },
    { shown: ['tab', 'count', 'last', 'missing'], sort: 'missing' },
  ),
  offsets: table(
    {
      id: 'offsets',
      title: 'completeness of partitions',
      description:
        'Offsets of the topic between the first and the last that are here. One that is not here is a copy of an event, a dead letter, or an event outside the time range.',
      columns: {
        partition: top('kafka.partition', { label: 'Partition', size: 100, by, other: false, dataType: 'number' }),
        count: count(),
        first: extreme('min', 'kafka.offset', 'First offset'),
        last: extreme('max', 'kafka.offset', 'Last offset'),
        ...missing('missing', 'kafka.offset', 'Not here'),
      },
    },
    { shown: ['partition', 'count', 'first', 'last', 'missing'], sort: 'missing' },
  ),
}
