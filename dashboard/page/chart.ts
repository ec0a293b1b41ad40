// Before uPlot: it reads the language as it is loaded.
import './language.ts'
import uPlot from 'uplot'
import type { Overview } from '../api.ts'
import { rateText, timeText } from './format.ts'

type Buckets = Overview['buckets']

/** Shows events a minute; it follows its width and the color scheme. The text beside it tells the bucket under the cursor, or the newest one. */
export interface Chart {
  show(buckets: Buckets, nowMs: number): void
}

export function createChart(place: HTMLElement, readout: HTMLElement): Chart {
  let plot: uPlot | undefined
  let buckets: Buckets = { fromMs: 0, bucketMs: 60_000, counts: [] }
  let nowMs = 0

  function perMinute(): number[] {
    return buckets.counts.map(count => count / (buckets.bucketMs / 60_000))
  }

  function series(): uPlot.AlignedData {
    const times = buckets.counts.map((_, index) => (buckets.fromMs + index * buckets.bucketMs) / 1000)
    return [times, perMinute()]
  }

  function tell(index: number | null | undefined): void {
    const at = index ?? buckets.counts.length - 1
    const value = perMinute()[at]
    if (value === undefined) return
    const unit = buckets.bucketMs === 60_000 ? 'events' : 'events a minute'
    readout.textContent = `${timeText(buckets.fromMs + at * buckets.bucketMs, nowMs)}: ${rateText(value)} ${unit}`
  }

  function draw(): void {
    const style = getComputedStyle(document.documentElement)
    const color = (name: string) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
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
          x: { range: (_, first, last) => [first - buckets.bucketMs / 2_000, last + buckets.bucketMs / 2_000] },
          y: { range: (_, __, largest) => [0, Math.max(4, Math.ceil(largest * 1.1))] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 30, values: clockValues },
          { ...axis, size: 44 },
        ],
        series: [
          {},
          {
            fill: color('--accent'),
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
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)

  return {
    show(next, now) {
      buckets = next
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
