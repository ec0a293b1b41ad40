import type { ImportStatus, StatusAnswer } from '../answers.ts'
import { ask } from './ask.ts'
import { byId } from './dom.ts'
import { agoText, amountText, countText } from './format.ts'

/** The head of the page: whether it is live, and what is wrong. */
export interface Status {
  /** Asks and shows how far the import is. Rejects when there is no answer. */
  show(signal: AbortSignal): Promise<StatusAnswer>
  /** Says that there is no answer, and why. */
  fail(error: unknown): void
  /** Says what is wrong, or with an empty text only what the import says. */
  warn(text: string): void
  pause(): void
  /** The server's clock, as far as it has told. */
  nowMs(): number
}

/** The head of the page as it stands in the document. Changes nothing until it is asked to. */
export function createStatus(): Status {
  let aheadMs = 0
  let trouble = ''

  function say(state: 'live' | 'busy' | 'paused' | 'down', text: string): void {
    byId('status', HTMLElement).dataset['state'] = state
    byId('status-text', HTMLElement).textContent = text
  }

  function warn(text: string): void {
    const notice = byId('notice', HTMLElement)
    const shown = text === '' ? trouble : text
    notice.hidden = shown === ''
    if (notice.textContent !== shown) notice.textContent = shown
  }

  return {
    async show(signal) {
      const answer = await ask<StatusAnswer>('api/status', signal)
      const { imported, newestMs, nowMs } = answer
      aheadMs = nowMs - Date.now()
      trouble = failureText(imported)
      byId('empty', HTMLElement).hidden = newestMs !== null || !imported.ready
      if (imported.pendingFiles > 0) say('busy', `reading ${amountText(imported.pendingFiles, 'file')}`)
      else
        say('live', newestMs === null ? 'live, waiting for events' : `live, newest event ${agoText(nowMs - newestMs)}`)
      byId('footer', HTMLElement).textContent =
        `${amountText(imported.events, 'event')} read from ${amountText(imported.files, 'landed file')}. Times are yours; nothing on this page comes from elsewhere.`
      return answer
    },
    fail(error) {
      say('down', 'no answer, trying again')
      warn(`The dashboard has no answer: ${error instanceof Error ? error.message : String(error)}`)
    },
    warn,
    pause: () => say('paused', 'paused while hidden'),
    nowMs: () => Date.now() + aheadMs,
  }
}

function failureText({ failed, failedFiles }: ImportStatus): string {
  const first = failed[0]
  if (first === undefined) return ''
  const which = failedFiles === 1 ? 'One file' : `${countText(failedFiles)} files, among them one,`
  return `${which} could not be read and will be tried again: ${first.file} (${first.reason})`
}
