export const roomNames = ['overview', 'pages', 'events', 'audience', 'live', 'loss', 'letters', 'sql'] as const
export type RoomName = (typeof roomNames)[number]

/** Everything that a link keeps: which room, and what is chosen in it. */
export interface Address {
  room: RoomName
  /** By the names of {@link chosenNames}; what is not chosen is not in it. */
  chosen: Readonly<Record<string, string>>
}

const selectionNames: readonly string[] = ['range', 'from', 'to', 'site', 'bots']
const chosenNames = [...selectionNames, 'action', 'property', 'metric', 'sql'] as const

/** Reads `#pages?range=week&site=shop`; what it doesn't know is left out, an unknown room is the overview. Never throws. */
export function readAddress(hash: string): Address {
  const [name = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  const given = new URLSearchParams(query)
  const chosen: Record<string, string> = {}
  for (const name of chosenNames) {
    const value = given.get(name)
    if (value !== null && value !== '') chosen[name] = value
  }
  return { room: roomNames.find(room => room === name) ?? 'overview', chosen }
}

/** The inverse of {@link readAddress}. */
export function writeAddress({ room, chosen }: Address): string {
  const query = new URLSearchParams({ ...chosen }).toString()
  return query === '' ? `#${room}` : `#${room}?${query}`
}

/** The address with some choices made, or given up where undefined. */
export function changed(address: Address, change: Record<string, string | undefined>, room = address.room): Address {
  const chosen: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...address.chosen, ...change })) {
    if (value !== undefined && value !== '') chosen[name] = value
  }
  return { room, chosen }
}

/** The time that is chosen, or where none is, what the room begins with: a loss is asked about since yesterday. */
export function rangeOf({ room, chosen }: Address): string {
  return chosen['range'] ?? (room === 'loss' ? 'yesterday' : 'day')
}

/** What a panel is asked: the selection, and of the other choices those that are named. When yesterday began only the browser knows. */
export function questionOf(address: Address, nowMs: number, ...more: string[]): string {
  const range = rangeOf(address)
  const time = range === 'yesterday' ? { range: 'custom', from: yesterday(nowMs), to: undefined } : { range }
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...address.chosen, ...time }))
    if (value !== undefined && [...selectionNames, ...more].includes(name)) asked.append(name, value)
  return asked.toString()
}

/** The midnight, in the viewer's time zone, with which the day before began. */
function yesterday(nowMs: number): string {
  const now = new Date(nowMs)
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).toISOString()
}
