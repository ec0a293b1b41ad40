import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { mappings } from '../../../../consumers/elasticsearch/template.ts'
import { kibanaObjects, ndjson, runtimeFields } from '../../../../deploy/kibana/objects.ts'
import { mappedFields } from '../../../support/mapped-fields.ts'

const objects = kibanaObjects()
const ofType = (type: string) => objects.filter(one => one.type === type)
const parsed = (text: unknown) => JSON.parse(z.string().parse(text))

/** What a saved object may name: mapped, or made by the data view. */
const known = new Set([...Object.keys(mappedFields(mappings.properties)), ...Object.keys(runtimeFields)])

/** Fields that a KQL query of the simple kind `field: value` names. */
const queried = (query: string) => [...query.matchAll(/([\w.@]+):/g)].map(([, field = '']) => field)

const query = z.object({ language: z.literal('kuery'), query: z.string() })
const column = z.looseObject({
  operationType: z.string(),
  isBucketed: z.boolean(),
  sourceField: z.string().optional(),
  references: z.array(z.string()).optional(),
  params: z.looseObject({
    orderBy: z.object({ columnId: z.string() }).optional(),
    formula: z.string().optional(),
    tinymathAst: z.unknown().optional(),
  }),
})
const lensState = z.looseObject({
  visualization: z.unknown(),
  query,
  datasourceStates: z.object({
    formBased: z.object({
      layers: z.record(
        z.string(),
        z.looseObject({ columns: z.record(z.string(), column), columnOrder: z.array(z.string()) }),
      ),
    }),
  }),
})

test('clicktrail.ndjson is what the function says', async () => {
  await expect(ndjson(objects)).toMatchFileSnapshot('../../../../deploy/kibana/clicktrail.ndjson')
})

it('has a data view on the daily indices, by event time', () => {
  expect(kibanaObjects('web')[0]?.attributes).toMatchObject({ title: 'web-*', timeFieldName: '@timestamp' })
})

it('has one migration version for all, and one for each type, all of Kibana 8.9', () => {
  expect(new Set(objects.map(one => one.coreMigrationVersion))).toEqual(new Set(['8.8.0']))
  const versions = new Set(objects.map(one => `${one.type} ${one.typeMigrationVersion}`))
  expect(versions).toEqual(new Set(['index-pattern 8.0.0', 'search 8.0.0', 'lens 8.9.0', 'dashboard 8.9.0']))
})

it('names nothing twice, and every reference leads to an object that comes before', () => {
  const before = new Set<string>()
  for (const { type, id, references } of objects) {
    for (const to of references) expect(before).toContain(`${to.type}/${to.id}`)
    expect(before).not.toContain(`${type}/${id}`)
    before.add(`${type}/${id}`)
  }
})

test('a field of the data view is a part of a field that is mapped', () => {
  const fields = parsed(kibanaObjects()[0]?.attributes['runtimeFieldMap'])
  expect(Object.keys(fields).length).toBeGreaterThan(1)
  for (const name of Object.keys(fields)) expect(mappings.properties).toHaveProperty(name.split('.')[0] ?? '')
})

describe.each(ofType('lens').map(one => [one.attributes.title, one] as const))('%s', (_, lens) => {
  const state = lensState.parse(lens.attributes['state'])
  const layers = Object.entries(state.datasourceStates.formBased.layers)
  const columns = layers.flatMap(([, layer]) => Object.values(layer.columns))

  it('uses fields that are mapped', () => {
    const used = columns.flatMap(one => one.sourceField ?? [])
    expect(used.length).toBeGreaterThan(0)
    for (const field of [...used.filter(name => name !== '___records___'), ...queried(state.query.query)])
      expect(known).toContain(field)
  })

  it('has its columns in order, buckets first, and a data view for each layer', () => {
    for (const [id, layer] of layers) {
      expect(layer.columnOrder.toSorted()).toEqual(Object.keys(layer.columns).toSorted())
      const buckets = layer.columnOrder.map(name => layer.columns[name]?.isBucketed)
      expect(buckets).toEqual(buckets.toSorted((a, b) => Number(b) - Number(a)))
      expect(lens.references.map(one => one.name)).toEqual([`indexpattern-datasource-layer-${id}`])
    }
  })

  it('shows each column, or makes a formula of it, and orders by one that is there', () => {
    for (const [, layer] of layers) {
      const parts = Object.values(layer.columns).flatMap(one => one.references ?? [])
      const shown = JSON.stringify(state.visualization)
      for (const name of layer.columnOrder) {
        const isPart = parts.includes(name)
        expect(shown.includes(`"${name}"`)).toBe(!isPart)
      }
      for (const name of [...parts, ...columns.flatMap(one => one.params.orderBy?.columnId ?? [])])
        expect(layer.columnOrder).toContain(name)
    }
  })
})

test('a formula and the arithmetic that Lens stores beside it say the same', () => {
  const node: z.ZodType<string> = z.union([
    z.string(),
    z.number().transform(String),
    z
      .looseObject({ name: z.string(), args: z.tuple([z.lazy(() => node), z.lazy(() => node)]) })
      .transform(({ name, args: [left, right] }) => `${left} ${name === 'add' ? '+' : '-'} ${right}`),
  ])
  const formulas = ofType('lens').flatMap(lens => {
    const { layers } = lensState.parse(lens.attributes['state']).datasourceStates.formBased
    return Object.values(layers).flatMap(({ columns }) =>
      Object.values(columns)
        .filter(one => one.operationType === 'math')
        .map(math => {
          const spelled = node.parse(math.params.tinymathAst).replace(/\w+X\d/g, name => {
            const { operationType = '', sourceField = '' } = columns[name] ?? {}
            return operationType === 'count' ? 'count()' : `${operationType}(${sourceField})`
          })
          const owner = Object.values(columns).find(one => one.operationType === 'formula')
          return [spelled, owner?.params.formula]
        }),
    )
  })
  expect(formulas).toHaveLength(2)
  for (const [spelled, formula] of formulas) expect(spelled).toBe(formula)
})

describe.each(ofType('search').map(one => [one.attributes.title, one] as const))('%s', (_, search) => {
  it('lists and asks for mapped fields, by a data view that it refers to', () => {
    const listed = z.array(z.string()).parse(search.attributes['columns'])
    const meta = z.object({ searchSourceJSON: z.string() }).parse(search.attributes['kibanaSavedObjectMeta'])
    const source = z.looseObject({ query, indexRefName: z.string() }).parse(parsed(meta.searchSourceJSON))
    for (const field of [...listed, ...queried(source.query.query)]) expect(known).toContain(field)
    expect(search.references.map(one => one.name)).toEqual([source.indexRefName])
  })
})

describe('the dashboard', () => {
  const [dashboard] = ofType('dashboard')
  const grid = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number(), i: z.string() })
  const panels = z
    .array(z.looseObject({ type: z.string(), panelIndex: z.string(), panelRefName: z.string(), gridData: grid }))
    .parse(parsed(dashboard?.attributes['panelsJSON']))

  it('shows every chart and the latest events, each once', () => {
    const shown = panels.map(panel => {
      const found = dashboard?.references.find(one => one.name === `${panel.panelIndex}:${panel.panelRefName}`)
      expect(found?.type).toBe(panel.type)
      return `${found?.type}/${found?.id}`
    })
    expect(shown.toSorted()).toEqual(
      [...ofType('lens').map(one => `lens/${one.id}`), 'search/clicktrail-latest'].sort(),
    )
    expect(dashboard?.references).toHaveLength(panels.length)
  })

  it('has no two panels in one place, and none outside the grid', () => {
    const cells = panels.flatMap(({ gridData: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(48)
      return Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })
})
