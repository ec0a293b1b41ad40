// Before uPlot: it reads the language as it is loaded.
import './language.ts'
import uPlot from 'uplot'
import type { Buckets } from '../answers.ts'
import { countText, timeText } from './format.ts'
import { colorOf, onScheme } from './scheme.ts'

/** What a chart shows: counts of `unit` in buckets. */
export interface Course extends Buckets {
  counts: number[]
  unit: string
}

/** Shows counts as bars; it follows its width and the color scheme. The text beside it tells the bucket under the cursor, or the newest one. */
export interface Chart {
  show(course: Course, nowMs: number): void
}

/** An empty chart in `place`; it draws when it is first shown something. */
export function createChart(place: HTMLElement, readout: HTMLElement): Chart {
  let plot: uPlot | undefined
  let course: Course = { fromMs: 0, bucketMs: 60_000, counts: [], unit: '' }
  let nowMs = 0
  place.setAttribute('role', 'img')

  function series(): uPlot.AlignedData {
    return [course.counts.map((_, index) => (course.fromMs + index * course.bucketMs) / 1000), course.counts]
  }

  function tell(index: number | null | undefined): void {
    const at = index ?? course.counts.length - 1
    const value = course.counts[at]
    if (value === undefined) return
    readout.textContent = `${timeText(course.fromMs + at * course.bucketMs, nowMs)}: ${countText(value)} ${course.unit}`
    place.setAttribute('aria-label', `Bars over time; the newest: ${readout.textContent}`)
  }

  function draw(): void {
    const axis = {
      stroke: colorOf('--muted'),
      grid: { stroke: colorOf('--line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    }
    const bars = uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.2 })
    plot?.destroy()
    plot = new uPlot(
      {
        width: place.clientWidth,
        height: place.clientHeight,
        padding: [8, 18, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: {
          // Half a bucket on either side, so that the outer bars are whole.
          x: { range: (_, first, last) => [first - course.bucketMs / 2_000, last + course.bucketMs / 2_000] },
          y: { range: (_, __, largest) => [0, Math.max(4, Math.ceil(largest * 1.1))] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 30, values: clockValues },
          {
            ...axis,
            size: 52,
            values: (_, marks) => marks.map(mark => (Number.isInteger(mark) ? countText(mark) : '')),
          },
        ],
        series: [
          {},
          {
            fill: colorOf('--accent'),
            width: 0,
            points: { show: false },
            ...(bars === undefined ? {} : { paths: bars }),
          },
        ],
        hooks: { setCursor: [self => tell(self.cursor.idx)] },
      },
      series(),
      place,
    )
  }

  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: place.clientHeight })).observe(place)
  onScheme(place, () => {
    if (plot !== undefined) draw()
  })

  return {
    show(next, now) {
      course = next
      nowMs = now
      if (plot === undefined) draw()
      else plot.setData(series())
      tell(plot?.cursor.idx)
    },
  }
}

/** Hours and minutes on the axis; the day where one begins or where the marks are days apart. */
function clockValues(_: uPlot, marks: number[], __: number, ___: number, step: number): string[] {
  return marks.map(mark => {
    const time = new Date(mark * 1000)
    const midnight = time.getHours() === 0 && time.getMinutes() === 0
    if (step >= 86_400 || midnight) return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    return time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  })
}
