export const roomNames = ['overview', 'pages', 'events', 'audience', 'live', 'loss', 'letters', 'sql'] as const
export type RoomName = (typeof roomNames)[number]

/** Everything that a link keeps: which room, and what is chosen in it. */
export interface Address {
  room: RoomName
  /** By the names of {@link chosenNames}; what is not chosen is not in it. */
  chosen: Readonly<Record<string, string>>
}

const selectionNames = ['range', 'from', 'to', 'site', 'bots'] as const
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

/** What a panel is asked: the selection, and of the other choices those that are named. */
export function questionOf({ chosen }: Address, ...more: string[]): string {
  const asked = new URLSearchParams()
  for (const name of [...selectionNames, ...more]) {
    const value = chosen[name]
    if (value !== undefined) asked.append(name, value)
  }
  return asked.toString()
}
