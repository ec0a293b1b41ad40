import { byId } from './element.ts'
import { showFeed } from './feed.ts'
import { reasonOf, tracker, watchStatus } from './tracker.ts'

const toggle = byId('toggle')

toggle.addEventListener('click', () => {
  if (tracker?.status().blocked === 'opted_out') tracker.optIn()
  else tracker?.optOut()
})

watchStatus(status => {
  const refused = status?.blocked === 'opted_out'
  const signalled = status?.blocked === 'global_privacy_control'
  byId('choice').textContent =
    refused || signalled || !status ? (reasonOf(status) ?? '') : 'What you do here is collected.'
  byId('status').textContent = JSON.stringify(status, null, 2) ?? ''
  toggle.textContent = refused ? 'Allow' : 'Refuse'
  toggle.toggleAttribute('disabled', signalled || !status)
})
showFeed()
