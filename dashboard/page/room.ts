import type { Address } from './address.ts'

/** One of the page's rooms while it is open. */
export interface Room {
  /** Shows what the address says, as it is now. Rejects when there is no answer; what was shown stays. */
  show(address: Address, signal: AbortSignal): Promise<void>
  /** The room is about to be gone. What it asked for outside of `show` is to be given up. */
  leave?(): void
}

/** What a room may do with the page around it. */
export interface House {
  /** Changes what is chosen: the address, and with it the room. */
  go(change: Record<string, string | undefined>): void
  /** What a link to this address says: one of the browser's own, to be opened in a tab or kept. */
  linkTo(address: Address): string
  /** The server's clock. */
  nowMs(): number
}

/** Fills an empty place; the room is gone when the place is emptied. */
export type OpenRoom = (place: HTMLElement, house: House) => Room
