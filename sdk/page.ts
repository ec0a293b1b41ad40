import { guard, listen } from './guard.ts'
import { seal } from './queue.ts'
import { track } from './track.ts'
import { plain, turn, url } from './url.ts'

/** Records a page view of where the visitor is now. What waits belongs to the page before, whose title is still there. */
export const page = /* @__PURE__ */ guard((): void => {
  if (url) seal()
  turn()
  track('page_view')
})

/**
 * Records a page view at each change of the URL within the page, by the Navigation API or, where a browser has none, by
 * standing before pushState and replaceState: the page's own calls keep their errors.
 */
export function watchRoutes(): void {
  if (window.navigation?.currentEntry) navigation.addEventListener('currententrychange', changed)
  else {
    listen('popstate', changed)
    standBefore('pushState')
    standBefore('replaceState')
  }
}

function standBefore(method: 'pushState' | 'replaceState') {
  const original = history[method]
  history[method] = (...args) => {
    original.apply(history, args)
    changed()
  }
}

const changed = /* @__PURE__ */ guard(() => {
  if (plain(location.href) !== url) page()
})
