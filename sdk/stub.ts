/**
 * For a page that calls the tracker before its script has loaded, inline: keeps the calls of any method in `q`, from
 * which the script takes them.
 */
window.clicktrail ||= new Proxy({ q: [] } as unknown as Window['clicktrail'], {
  get: (stub, method: keyof Window['clicktrail']) =>
    stub[method] || ((...args: unknown[]) => stub.q?.push([method, ...args] as never)),
})
