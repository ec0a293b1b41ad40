import type { Columns } from './columns.ts'
import { everything, ofDataView, type SavedObject, savedObject } from './saved-object.ts'

const layerId = 'layer1'

export interface Chart {
  id: string
  /** Shown on the dashboard, after "Clicktrail: ". */
  title: string
  description: string
  columns: Columns
  /** KQL; only these events. @default '' */
  query?: string
}

/** A Lens chart over the data view: its layer, and how it looks. */
function lens(chart: Chart, visualizationType: string, visualization: object): SavedObject {
  const { id, title, description, columns, query = '' } = chart
  const layer = { columns, columnOrder: orderOf(columns), incompleteColumns: {} }
  return savedObject(
    'lens',
    `clicktrail-${id}`,
    {
      title: `Clicktrail: ${title}`,
      description,
      visualizationType,
      state: {
        visualization,
        query: { ...everything, query },
        filters: [],
        datasourceStates: { formBased: { layers: { [layerId]: layer } } },
        internalReferences: [],
        adHocDataViews: {},
      },
    },
    [ofDataView(`indexpattern-datasource-layer-${layerId}`)],
  )
}

/** Buckets go before numbers: the first bucket is the outermost. */
function orderOf(columns: Columns): string[] {
  const names = Object.keys(columns)
  const isBucket = (name: string) => columns[name]?.isBucketed === true
  return [...names.filter(isBucket), ...names.filter(name => !isBucket(name))]
}

export interface Axes {
  series: 'bar_stacked' | 'bar_horizontal' | 'line'
  x: string
  y: string
  split?: string
}

export function bars(chart: Chart, { series, x, y, split }: Axes): SavedObject {
  const layer = { layerId, layerType: 'data', accessors: [y], position: 'top', seriesType: series, xAccessor: x }
  return lens(chart, 'lnsXY', {
    legend: { isVisible: true, position: 'right' },
    valueLabels: 'hide',
    fittingFunction: 'None',
    preferredSeriesType: series,
    layers: [{ ...layer, showGridlines: false, ...(split ? { splitAccessor: split } : {}) }],
  })
}

export function donut(chart: Chart, { slice, size }: { slice: string; size: string }): SavedObject {
  const shown = { numberDisplay: 'percent', categoryDisplay: 'default', legendDisplay: 'default', nestedLegend: false }
  return lens(chart, 'lnsPie', {
    shape: 'donut',
    layers: [{ layerId, layerType: 'data', primaryGroups: [slice], metrics: [size], ...shown }],
  })
}

/** The columns in this order, the rows by the column `sort`, the largest first. */
export function table(chart: Chart, { shown, sort }: { shown: readonly string[]; sort: string }): SavedObject {
  return lens(chart, 'lnsDatatable', {
    layerId,
    layerType: 'data',
    columns: shown.map(columnId => ({ columnId, isTransposed: false })),
    sorting: { columnId: sort, direction: 'desc' },
  })
}

export function figure(chart: Chart, metricAccessor: string): SavedObject {
  return lens(chart, 'lnsMetric', { layerId, layerType: 'data', metricAccessor })
}
