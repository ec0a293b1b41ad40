import { byId } from './element.ts'
import { showFeed } from './feed.ts'
import { tracker } from './tracker.ts'

const name = byId('name')

// The buttons declare their events themselves (data-track); all that is left is who presses them.
function identify() {
  if (name instanceof HTMLInputElement) tracker?.identify(name.value.trim())
}

name.addEventListener('input', identify)
identify()
showFeed()
