/** Calls `changed` after each pushState, replaceState and popstate. The page's own calls keep their result and errors. */
export function watchRoutes(changed: () => void): void {
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...args) {
      original.apply(this, args)
      changed()
    }
  }
  addEventListener('popstate', changed)
}
