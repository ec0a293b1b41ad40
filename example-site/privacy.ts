import { byId, element } from './element.ts'
import { showFeed } from './feed.ts'
import { storedIn } from './stored.ts'
import { reasonOf, tracker, watchStatus } from './tracker.ts'

const toggle = byId('toggle')

toggle.addEventListener('click', () => {
  if (allowed()) tracker?.optOut()
  else tracker?.optIn()
})

function allowed(): boolean {
  const blocked = tracker?.status()?.blocked
  return blocked === undefined || blocked === 'retry'
}

function showStored() {
  const rows = storedIn({ ...sessionStorage, ...localStorage }).map(({ keys, what }) =>
    element('li', {}, what, element('small', {}, ...keys.map(key => element('code', {}, key)))),
  )
  byId('stored').replaceChildren(...(rows.length > 0 ? rows : [element('li', {}, 'Nothing at all.')]))
}

watchStatus(status => {
  const collects = allowed()
  byId('choice').textContent = status && collects ? 'What you do here is collected.' : (reasonOf(status) ?? '')
  byId('status').textContent = JSON.stringify(status, null, 2) ?? ''
  toggle.textContent = collects ? 'Refuse' : 'Allow'
  toggle.toggleAttribute('disabled', !status || status.blocked === 'gpc' || status.blocked === 'init')
  showStored()
})
showFeed()
