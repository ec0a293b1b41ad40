/**
 * A new id of a tab, a visitor or a session that fits `tabPattern`: `now` (ms since 1970) as nine characters of base 36
 * (right until 2059), then 11 or 12 with 52 bits of Math.random. They tell ids of the same millisecond apart; nobody
 * has to guess them.
 */
export const newId = (now: number): string => `0${now.toString(36)}${((1 + Math.random()) * 1e17).toString(36)}`
