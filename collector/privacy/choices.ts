import { gpcPolicies } from './gpc.ts'

/** Ways to refuse, by the word under which a field names them. */
export type Refusals = Readonly<Record<string, string>>

/** How a visitor can refuse, where Global Privacy Control is honored or left to the websites. */
export function refusalsOf(gpc: 'honor' | 'ignore'): Refusals {
  return {
    opt_out:
      'Press “Refuse”: here, or wherever the website offers it. It holds in this browser until you take it back.',
    gpc: gpcPolicies[gpc].told,
    consent:
      'On a website that asks first (data-consent), don’t agree: until you do, nothing is stored and nothing is sent.',
  }
}

/** What the tracker keeps in a visitor's browser. */
export interface BrowserKept {
  key: string
  where: string
  purpose: string
  until: string
}

/** All that the tracker may keep in a visitor's browser; it sets no cookies. */
export const keptByBrowser: readonly BrowserKept[] = [
  {
    key: 'clicktrail',
    where: 'localStorage',
    purpose: 'Your choice, once you have made one.',
    until: 'you make the other one, or delete it',
  },
  {
    key: '<time> <address> <random number>',
    where: 'localStorage',
    purpose: 'What is not delivered yet.',
    until: 'it is delivered, you refuse, or 7 days have passed',
  },
  {
    key: 'clicktrail.id',
    where: 'localStorage or sessionStorage',
    purpose: 'Ids of visitor and visit, only on a website that asks for them (data-storage).',
    until: 'you refuse or delete it; in sessionStorage, the tab is closed',
  },
]

/** What is used while a request is answered and not written down, and what is not used at all; a sentence each. */
export function usedOnly(ip: 'off' | 'cut', visitor: 'daily' | 'off'): string[] {
  const uses = ['to answer', ...(visitor === 'daily' ? ['to make the pseudonym of the day'] : [])]
  const address = ip === 'cut' ? 'Your whole address' : 'Your address'
  return [
    `${address} (IP) is used ${uses.join(', ')} and to limit how many requests one address may make. It is not stored.`,
    'Cookies are neither set nor read.',
    'Nothing is collected to recognise your device: no list of fonts, plug-ins or screen sizes.',
  ]
}
