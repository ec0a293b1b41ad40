import { expect, test } from 'vitest'
import { dashboards } from '../../../deploy/grafana/dashboards.ts'
import { grafanaJson } from '../../../deploy/grafana/panels.ts'
import { unknownIn } from '../../support/promql.ts'
import { watchedMetrics } from '../../support/watched-metrics.ts'

test.each(dashboards)('deploy/grafana/$id.json is what the code says', async dashboard => {
  const text = `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(`../../../deploy/grafana/${dashboard.id}.json`)
})

const queries = dashboards.flatMap(({ id, panels }) =>
  panels.flatMap(({ title, queries }) =>
    Object.entries(queries).map(([legend, expr]) => ({ id, title, legend, expr })),
  ),
)

test.each(queries)('$id: $title ($legend) asks for metrics that there are', async ({ expr }) => {
  expect(unknownIn(expr, await watchedMetrics())).toEqual([])
})

test.each(queries)('$id: $title ($legend) names its lines by labels that the query leaves', ({ legend, expr }) => {
  const left = (/\bby \(([^)]*)\)/.exec(expr)?.[1] ?? 'instance').split(',').map(label => label.trim())
  for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) expect(left).toContain(label)
})

test('no two panels lie on each other', () => {
  for (const { panels } of dashboards) {
    const json: unknown = grafanaJson({ id: 'x', title: 'x', panels })
    const places = [...JSON.stringify(json).matchAll(/"gridPos":\{"x":(\d+),"y":(\d+),"w":(\d+),"h":(\d+)\}/g)]
    const cells = places.flatMap(([, x, y, w, h]) =>
      Array.from({ length: Number(w) * Number(h) }, (_, cell) => {
        const [column, row] = [cell % Number(w), Math.floor(cell / Number(w))]
        return `${Number(x) + column},${Number(y) + row}`
      }),
    )
    expect(new Set(cells).size).toBe(cells.length)
  }
})
