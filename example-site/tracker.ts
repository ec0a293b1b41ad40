import type { Status, Tracker } from '../sdk/api.ts'
import type {} from '../sdk/script.ts'

/** The tracker that the script tag made; undefined where a blocker kept it away. */
export const tracker: Tracker | undefined = window.clicktrail

/** Why the page collects nothing, in words for the visitor. Undefined when all is well. */
export function reasonOf(status: Status | undefined): string | undefined {
  switch (status?.blocked) {
    case undefined:
      return status ? undefined : 'The tracker could not be loaded: nothing is collected.'
    case 'opted_out':
      return 'You have refused: nothing is collected.'
    case 'global_privacy_control':
      return 'Your browser sends Global Privacy Control: nothing is collected.'
    case 'retrying':
      return 'The collector does not answer. Events are kept and sent again.'
    case 'not_initialised':
      return 'The tracker has no site: nothing is sent.'
  }
}

/** Calls `show` with the tracker's status now and within 200 ms of each change. */
export function watchStatus(show: (status: Status | undefined) => void): void {
  let shown = ''
  const look = () => {
    const status = tracker?.status()
    const now = JSON.stringify(status ?? null)
    if (now !== shown) show(status)
    shown = now
  }
  look()
  setInterval(look, 200)
}
