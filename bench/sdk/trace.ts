import { z } from 'zod'

/** A span of a thread in Chromium's trace format; times in µs, `tdur` is time on the CPU. */
export interface Span {
  name: string
  pid: number
  tid: number
  ts: number
  dur: number
  tdur: number
  url: string | undefined
}

/** What a peer's script did to the main thread while its page loaded and was clicked once. */
export interface ScriptWork {
  /** From the script's evaluation to the end of its task, microtasks and layouts that it forces included, ms of CPU. */
  startMs: number
  /** The part of `startMs` that is forced style and layout. */
  startLayoutMs: number
  /** Everything it ran in the visit: start, timers, the click, ms of CPU. */
  visitMs: number
  /** Tasks in which it ran longer than 50 ms. */
  longTasks: number
  /** Layouts that ran inside of its script. */
  forcedLayouts: number
}

const schema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      ph: z.string(),
      pid: z.number(),
      tid: z.number(),
      ts: z.number().default(0),
      dur: z.number().default(0),
      tdur: z.number().optional(),
      args: z
        .object({ data: z.object({ url: z.string().optional() }).optional().catch(undefined) })
        .optional()
        .catch(undefined),
    }),
  ),
})

/** The complete spans of a trace, in the order of their start. Throws for what is no trace. */
export function spansOf(trace: string): Span[] {
  return schema
    .parse(JSON.parse(trace))
    .traceEvents.filter(event => event.ph === 'X')
    .map(({ name, pid, tid, ts, dur, tdur = dur, args }) => ({ name, pid, tid, ts, dur, tdur, url: args?.data?.url }))
    .toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)
}

/** What the script at the path `script` did, called back by the one at `page` or not. Throws when the trace doesn't hold its evaluation. */
export function scriptWork(spans: readonly Span[], script: string, page: string): ScriptWork {
  const start = spans.find(span => span.name === 'EvaluateScript' && span.url?.endsWith(script))
  if (!start) throw new Error(`no evaluation of ${script} in the trace`)
  const thread = spans.filter(span => span.pid === start.pid && span.tid === start.tid)
  const ran = outermost(thread.filter(span => isWork(span, script, page)))
  const within = (outer: Span, inner: readonly Span[]) => inner.filter(span => contains(outer, span))
  const sumMs = (of: readonly Span[]) => of.reduce((total, span) => total + span.tdur, 0) / 1_000
  const layouts = thread.filter(span => span.name === 'Layout')
  const recalculations = outermost(thread.filter(span => span.name === 'Layout' || span.name === 'UpdateLayoutTree'))
  const tasks = thread.filter(span => span.name === 'RunTask')
  const first = tasks.find(task => contains(task, start))
  if (!first) throw new Error(`${script} ran outside of any task: the trace lacks the category of tasks`)
  const atStart = within(first, ran).filter(span => span.ts >= start.ts)
  return {
    startMs: sumMs(atStart),
    startLayoutMs: sumMs(atStart.flatMap(span => within(span, recalculations))),
    visitMs: sumMs(ran),
    longTasks: tasks.filter(task => sumMs(within(task, ran)) > 50).length,
    forcedLayouts: ran.flatMap(span => within(span, layouts)).length,
  }
}

/** The page's own script only registers a listener, so every microtask is the peer's. */
function isWork({ name, url }: Span, script: string, page: string): boolean {
  if (name === 'RunMicrotasks') return true
  if (name === 'EvaluateScript') return url?.endsWith(script) ?? false
  return name === 'FunctionCall' && (url?.endsWith(script) || url?.endsWith(page) || false)
}

function contains(outer: Span, inner: Span): boolean {
  return outer !== inner && inner.ts >= outer.ts && inner.ts + inner.dur <= outer.ts + outer.dur
}

/** Those that lie in no other; `spans` are in the order of their start. */
function outermost(spans: readonly Span[]): Span[] {
  let end = Number.NEGATIVE_INFINITY
  return spans.filter(span => {
    if (span.ts < end) return false
    end = span.ts + span.dur
    return true
  })
}
