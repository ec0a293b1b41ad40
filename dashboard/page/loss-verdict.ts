import type { ImportStatus, LossAnswer } from '../answers.ts'
import { amountText, countText, numberText, timeText } from './format.ts'

type Loss = Pick<LossAnswer, 'fromMs' | 'untilMs' | 'totals'>
type Reading = Pick<ImportStatus, 'pendingFiles' | 'ready'>

/**
 * How many events of the chosen time are missing, in a sentence. Nothing is said of them while files are still to be read: an event
 * of a file that has not been read would count as lost. `reading` has to be of a time before the loss was counted.
 */
export function lossVerdict(
  { fromMs, untilMs, totals: { expected, missing, late, passedOver, givenUp, refused } }: Loss,
  { reading, nowMs }: { reading: Reading; nowMs: number },
): { state: 'waiting' | 'good' | 'bad'; text: string } {
  const waiting = (text: string) => ({ state: 'waiting' as const, text: `From the click to the files: ${text}.` })
  if (reading.pendingFiles > 0) return waiting(`still reading ${amountText(reading.pendingFiles, 'file')}`)
  if (!reading.ready) return waiting('still reading')
  if (expected === 0) return waiting('no events in this time')
  const begin = timeText(fromMs, nowMs)
  const time = untilMs === null ? `since ${begin}` : `from ${begin} to ${timeText(untilMs, nowMs)}`
  const byCollector = refused > 0 ? `, ${countText(refused)} of them refused by the collector` : ''
  const counted = missing > 0 ? ' (those that had a number already are among the missing)' : ''
  const more = [
    ...(late > 0 ? [`${countText(late)} came late`] : []),
    ...(passedOver > 0 ? [`${countText(passedOver)} passed over (copies, dead letters, gaps)`] : []),
    ...(givenUp > 0 ? [`browsers gave up ${countText(givenUp)}${byCollector}${counted}`] : []),
  ].map(text => `; ${text}`)
  if (missing === 0)
    return {
      state: 'good',
      text: `From the click to the files: none of ${amountText(expected, 'event')} ${time} is missing${more.join('')}.`,
    }
  const share = (100 * missing) / expected
  const percent = share < 0.01 ? 'less than 0.01' : numberText(share)
  return {
    state: 'bad',
    text: `From the click to the files: ${countText(missing)} of ${amountText(expected, 'event')} ${time} ${missing === 1 ? 'is' : 'are'} missing (${percent} %)${more.join('')}.`,
  }
}
