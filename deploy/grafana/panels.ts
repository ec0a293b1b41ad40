/** What one panel shows: PromQL with the name of each line, `{{label}}` in it. */
export interface Panel {
  title: string
  /** What it says, and what to make of it. */
  description: string
  /** Of Grafana: `s`, `bytes`, `reqps`, `percentunit`, `short`, `dtdurations` … */
  unit: string
  queries: Readonly<Record<string, string>>
  /** One number, of now, or lines over time. @default 'timeseries' */
  type?: 'stat' | 'timeseries'
}

export interface Dashboard {
  /** Part of its address, and of its file's name. */
  id: string
  title: string
  panels: readonly Panel[]
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
const datasource = { type: 'prometheus', uid: '${datasource}' }
/** Grafana's grid is 24 wide: two charts a row, or six numbers. */
const sizes = { timeseries: { w: 12, h: 8 }, stat: { w: 4, h: 4 } }

/** The dashboard as Grafana 11 imports it, or finds it in a provisioned folder. Lays out the panels in their order. */
export function grafanaJson({ id, title, panels }: Dashboard): object {
  return {
    uid: `clicktrail-${id}`,
    title: `Clicktrail: ${title}`,
    timezone: 'utc',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
    panels: laidOut(panels),
  }
}

function laidOut(panels: readonly Panel[]): object[] {
  let [x, y, rowHeight] = [0, 0, 0]
  return panels.map((panel, index) => {
    const { type = 'timeseries', title, description, unit } = panel
    const { w, h } = sizes[type]
    if (x + w > 24 || (rowHeight > 0 && rowHeight !== h)) {
      y += rowHeight
      x = 0
    }
    const gridPos = { x, y, w, h }
    x += w
    rowHeight = h
    const targets = Object.entries(panel.queries).map(([legendFormat, expr], position) => ({
      refId: String.fromCharCode(65 + position),
      datasource,
      expr,
      legendFormat,
      instant: type === 'stat',
    }))
    return {
      id: index + 1,
      type,
      title,
      description,
      datasource,
      gridPos,
      targets,
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    }
  })
}
