import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mappings } from '../../../../consumers/elasticsearch/template.ts'

const file = new URL('../../../../deploy/kibana/clicktrail.ndjson', import.meta.url)
const reference = z.object({ type: z.string(), id: z.string(), name: z.string() })
const savedObject = z.object({
  type: z.string(),
  id: z.string(),
  attributes: z.looseObject({ title: z.string() }),
  references: z.array(reference),
})
const objects = readFileSync(file, 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map(line => savedObject.parse(JSON.parse(line)))
const ofType = (type: string) => objects.filter(one => one.type === type)
const [view] = ofType('index-pattern')

const node = z.looseObject({ type: z.string().optional(), properties: z.record(z.string(), z.unknown()).optional() })

/** Dotted names of the mapping's leaves. */
function fieldsOf(properties: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, child]) => {
    const { properties: inner } = node.parse(child)
    return inner ? fieldsOf(inner, `${prefix}${name}.`) : [`${prefix}${name}`]
  })
}

const runtimeFields = Object.keys(
  z.record(z.string(), z.unknown()).parse(JSON.parse(String(view?.attributes['runtimeFieldMap']))),
)
const known = new Set([...fieldsOf(mappings.properties), ...runtimeFields, '___records___'])

const columns = z.record(z.string(), z.looseObject({ sourceField: z.string() }))
const lensState = z.looseObject({
  visualization: z.unknown(),
  query: z.object({ query: z.string() }),
  datasourceStates: z.object({
    formBased: z.object({
      layers: z.record(z.string(), z.looseObject({ columns, columnOrder: z.array(z.string()) })),
    }),
  }),
})

it('has a data view on the daily indices, by event time', () => {
  expect(view?.attributes).toMatchObject({ title: 'clicktrail-*', timeFieldName: '@timestamp' })
})

it('names nothing twice, and every reference leads to an object in the file', () => {
  const keys = objects.map(one => `${one.type}/${one.id}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { type, id } of objects.flatMap(one => one.references)) expect(keys).toContain(`${type}/${id}`)
})

describe.each(ofType('lens').map(one => [one.attributes.title, one] as const))('%s', (_, lens) => {
  const state = lensState.parse(lens.attributes['state'])
  const layers = Object.entries(state.datasourceStates.formBased.layers)

  it('uses fields that are mapped', () => {
    for (const [, layer] of layers)
      for (const { sourceField } of Object.values(layer.columns)) expect(known).toContain(sourceField)
    const field = /^([\w.]+):/.exec(state.query.query)?.[1]
    if (field) expect(known).toContain(field)
  })

  it('has its columns in order, and a data view for each layer', () => {
    for (const [id, layer] of layers) {
      expect(layer.columnOrder.toSorted()).toEqual(Object.keys(layer.columns).toSorted())
      expect(lens.references.map(one => one.name)).toContain(`indexpattern-datasource-layer-${id}`)
      for (const column of layer.columnOrder) expect(JSON.stringify(state.visualization)).toContain(`"${column}"`)
    }
  })
})

it('lists mapped columns in the saved search', () => {
  const [search] = ofType('search')
  const listed = z.array(z.string()).parse(search?.attributes['columns'])
  expect(listed.length).toBeGreaterThan(0)
  for (const column of listed) expect(known).toContain(column)
})

it('shows every chart and the latest events on the dashboard', () => {
  const [dashboard] = ofType('dashboard')
  const panels = z
    .array(z.looseObject({ panelIndex: z.string(), panelRefName: z.string() }))
    .parse(JSON.parse(String(dashboard?.attributes['panelsJSON'])))
  const shown = panels.map(panel => {
    const found = dashboard?.references.find(one => one.name === `${panel.panelIndex}:${panel.panelRefName}`)
    return `${found?.type}/${found?.id}`
  })
  const charts = [...ofType('lens'), ...ofType('search')].map(one => `${one.type}/${one.id}`)
  expect(shown.toSorted()).toEqual(charts.toSorted())
})
