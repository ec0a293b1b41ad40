import { expect, test } from 'vitest'
import { scriptWork, spansOf } from '../../../bench/sdk/trace.ts'

interface Drawn {
  name: string
  ms: [from: number, to: number]
  url?: string
  tid?: number
}

/** A trace of spans that are drawn in milliseconds. */
function traceOf(drawn: readonly Drawn[]): string {
  const traceEvents = drawn.map(({ name, ms: [from, to], url, tid = 1 }) => {
    const data = url === undefined ? {} : { data: { url: `http://site${url}` } }
    return {
      name,
      ph: 'X',
      pid: 7,
      tid,
      ts: from * 1_000,
      dur: (to - from) * 1_000,
      tdur: (to - from) * 1_000,
      args: data,
    }
  })
  return JSON.stringify({ traceEvents: [{ name: 'mark', ph: 'I', pid: 7, tid: 1, ts: 0 }, ...traceEvents] })
}

const work = (...drawn: Drawn[]) => scriptWork(spansOf(traceOf(drawn)), '/peer.js', '/page.js')
const start: Drawn[] = [
  { name: 'RunTask', ms: [0, 30] },
  { name: 'EvaluateScript', ms: [2, 12], url: '/peer.js' },
]

test('counts the evaluation and the microtasks of its task as the start', () => {
  expect(
    work(...start, { name: 'RunMicrotasks', ms: [12, 15] }, { name: 'RunMicrotasks', ms: [40, 44] }),
  ).toMatchObject({
    startMs: 13,
    visitMs: 17,
  })
})

test('counts work inside of work once', () => {
  expect(work(...start, { name: 'FunctionCall', ms: [4, 9], url: '/peer.js' }).visitMs).toBe(10)
})

test('counts calls from the page into the peer, but no other script and no other thread', () => {
  const others: Drawn[] = [
    { name: 'FunctionCall', ms: [50, 53], url: '/page.js' },
    { name: 'EvaluateScript', ms: [60, 69], url: '/page.js' },
    { name: 'FunctionCall', ms: [70, 79], url: '/other.js' },
    { name: 'FunctionCall', ms: [50, 59], url: '/peer.js', tid: 2 },
  ]
  expect(work(...start, ...others).visitMs).toBe(13)
})

test('tells layouts that the script forces from those that the page needs anyway', () => {
  const layouts: Drawn[] = [
    { name: 'UpdateLayoutTree', ms: [3, 4] },
    { name: 'Layout', ms: [4, 7] },
    { name: 'Layout', ms: [20, 28] },
  ]
  expect(work(...start, ...layouts)).toMatchObject({ forcedLayouts: 1, startLayoutMs: 4 })
})

test.each([
  [52, 1],
  [48, 0],
])('a script that runs for %i ms in one task makes %i long tasks', (ms, longTasks) => {
  const task: Drawn = { name: 'RunTask', ms: [100, 200] }
  expect(work(...start, task, { name: 'FunctionCall', ms: [101, 101 + ms], url: '/peer.js' })).toMatchObject({
    longTasks,
  })
})

test('refuses a trace in which the script never ran', () => {
  expect(() => work({ name: 'RunTask', ms: [0, 9] })).toThrow('/peer.js')
})
