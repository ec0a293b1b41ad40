import type { Status } from '../sdk/index.ts'
import type {} from '../sdk/script.ts'

/** The tracker that the script tag made; undefined where a blocker kept it away. */
export const tracker: Window['clicktrail'] | undefined = window.clicktrail

/** Why nothing is sent at the moment, in words for the visitor. Undefined when all is well. */
export function reasonOf(status: Status | undefined): string | undefined {
  switch (status?.blocked) {
    case undefined:
      return status ? undefined : 'The tracker could not be loaded: nothing is collected.'
    case 'optOut':
      return 'You have refused: nothing is collected.'
    case 'gpc':
      return 'Your browser sends Global Privacy Control: nothing is collected.'
    case 'wait':
      return 'Waits for your consent: nothing is collected until then.'
    case 'retry':
      return 'The collector does not answer. Events are kept and sent again.'
    case 'init':
      return 'The tracker has no site: nothing is sent.'
  }
}

/** Calls `show` with the tracker's status now, in each click, and within 100 ms of any other change. */
export function watchStatus(show: (status: Status | undefined) => void): void {
  let shown = ''
  const look = () => {
    const status = tracker?.status()
    const now = JSON.stringify(status ?? null)
    if (now !== shown) show(status)
    shown = now
  }
  look()
  addEventListener('click', look)
  setInterval(look, 100)
}
