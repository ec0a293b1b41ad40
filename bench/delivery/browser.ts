/** A real browser. */
export interface Browser {
  /** Name and version. */
  name: string
  /** Somebody with a storage of their own. */
  visitor(): Promise<Visitor>
  close(): Promise<void>
}

export interface Visitor {
  /** A new tab; resolves when the page has loaded. */
  open(url: string): Promise<Tab>
  /** Closes all tabs and forgets the storage. */
  forget(): Promise<void>
}

export interface Tab {
  /** A click by the mouse; doesn't wait for what it leads to. */
  click(selector: string): Promise<void>
  /** Value of a JavaScript expression in the page. */
  evaluate(expression: string): Promise<unknown>
  /** Closes the tab as a user does: the page's own events of leaving run. Resolves when it is gone. */
  close(): Promise<void>
}
