import { charts } from './charts.ts'
import { dataViewId, everything, ofDataView, type SavedObject, savedObject } from './saved-object.ts'

/**
 * Fields that only the data view knows, read from each document: `properties` is one field whose values are all text, and
 * Kibana lists none of them. A number among them becomes one here, which can be summed and sorted. The name is the path in the document.
 */
export const runtimeFields = {
  'properties.color': { type: 'keyword' },
  'properties.price': { type: 'double' },
} as const

function dataView(index: string): SavedObject {
  return savedObject('index-pattern', dataViewId, {
    title: `${index}-*`,
    name: 'Clicktrail events',
    timeFieldName: '@timestamp',
    runtimeFieldMap: JSON.stringify(runtimeFields),
    fieldFormatMap: '{}',
    fieldAttrs: '{}',
    sourceFilters: '[]',
  })
}

interface Search {
  id: string
  title: string
  description: string
  query?: string
  columns: string[]
}

function search({ id, title, description, query = '', columns }: Search): SavedObject {
  const index = 'kibanaSavedObjectMeta.searchSourceJSON.index'
  const source = {
    query: { ...everything, query },
    filter: [],
    indexRefName: index,
    highlightAll: true,
    version: true,
  }
  return savedObject(
    'search',
    `clicktrail-${id}`,
    {
      title: `Clicktrail: ${title}`,
      description,
      columns,
      sort: [['@timestamp', 'desc']],
      grid: {},
      hideChart: false,
      isTextBasedQuery: false,
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    },
    [ofDataView(index)],
  )
}

const who = ['site', 'user.id', 'user.name']
const searches = {
  latest: search({
    id: 'latest',
    title: 'latest events',
    description: 'Every event, newest first.',
    columns: [
      ...who,
      'event.action',
      'properties.color',
      'url.path',
      'user_agent.name',
      'kafka.partition',
      'kafka.offset',
    ],
  }),
  clicks: search({
    id: 'clicks',
    title: 'color clicks',
    description: 'Who chose which color.',
    query: 'event.action: color_click',
    columns: [...who, 'properties.color', 'url.path'],
  }),
  dropped: search({
    id: 'dropped',
    title: 'losses that browsers report',
    description: 'What a browser had to give up, with counts by reason in its properties.',
    query: 'event.action: events_dropped',
    columns: [...who, 'tab.id', 'properties', 'user_agent.name'],
  }),
}

/** Rows of the dashboard, each with its height; its panels share the 48 columns of the grid. */
const rows: [height: number, panels: SavedObject[]][] = [
  [6, [charts.events, charts.visitors, charts.tabs]],
  [12, [charts.overTime]],
  [14, [charts.colors, charts.pages, charts.browsers]],
  [12, [charts.visitorsOverTime, charts.languages]],
  [18, [searches.latest]],
  [12, [charts.losses, charts.offsets]],
]

function dashboard(): SavedObject {
  let y = 0
  const placed = rows.flatMap(([h, panels]) => {
    const w = 48 / panels.length
    const row = panels.map((shown, column) => ({ shown, gridData: { x: column * w, y, w, h } }))
    y += h
    return row
  })
  const panels = placed.map(({ shown, gridData }, position) => {
    const panelIndex = `panel${position + 1}`
    const panelRefName = `panel_${panelIndex}`
    const embeddableConfig = { enhancements: {} }
    const panel = {
      type: shown.type,
      gridData: { ...gridData, i: panelIndex },
      panelIndex,
      embeddableConfig,
      panelRefName,
    }
    return { panel, reference: { type: shown.type, id: shown.id, name: `${panelIndex}:${panelRefName}` } }
  })
  const options = { useMargins: true, syncColors: true, syncCursor: true, syncTooltips: false, hidePanelTitles: false }
  return savedObject(
    'dashboard',
    'clicktrail',
    {
      title: 'Clicktrail',
      description: 'What visitors do: events, visitors, colors, pages, browsers, languages, and what is missing.',
      timeRestore: true,
      timeFrom: 'now-24h',
      timeTo: 'now',
      refreshInterval: { pause: false, value: 10_000 },
      optionsJSON: JSON.stringify(options),
      panelsJSON: JSON.stringify(panels.map(({ panel }) => panel)),
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify({ query: everything, filter: [] }) },
    },
    panels.map(({ reference }) => reference),
  )
}

/** Everything that Kibana is given for the daily indices `<index>-*`; what is referred to comes before what refers to it. */
export function kibanaObjects(index = 'clicktrail'): SavedObject[] {
  return [dataView(index), ...Object.values(searches), ...Object.values(charts), dashboard()]
}

/** As Kibana imports and exports them: an object a line. */
export function ndjson(objects: readonly SavedObject[]): string {
  return objects.map(object => `${JSON.stringify(object)}\n`).join('')
}
