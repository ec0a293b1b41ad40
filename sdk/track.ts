import { build } from './build.ts'
import { added } from './delivery.ts'
import { guard } from './guard.ts'
import { lose } from './losses.ts'
import { options } from './options.ts'
import { push, queue } from './queue.ts'

const maxQueued = 999

/** Records an event. At most 1,000 wait; further ones are given up, counted. */
export const track = /* @__PURE__ */ guard((action: string, properties?: object) => {
  if (build === 'module' && typeof document === 'undefined') return
  if (build === 'module' && options.beforeSend) {
    const event = options.beforeSend({ action, properties })
    if (!event) return
    action = event.action
    properties = event.properties
  }
  if (queue[maxQueued]) lose('full', 1)
  else {
    push(String(action), properties)
    added()
  }
})
