/** The settings that decide what is stored of a visitor. */
export interface StoredBy {
  ip: 'off' | 'cut'
  userAgent: 'keep' | 'drop'
  visitor: 'daily' | 'off'
}

/** What the fields are shown under, in this order. */
export const groups = [
  'What happened, and when',
  'Who',
  'Which page',
  'Which browser',
  'What the website adds',
  'Where it is stored',
] as const

export interface Meaning {
  group: (typeof groups)[number]
  /** Why it is stored. */
  purpose: string
  example: string | number | boolean | Readonly<Record<string, string | number | boolean>>
  /** When an event has it; only where an event may be without. */
  when?: string
  /** The setting that has it stored. */
  setting?: string
}

/** What each field is stored for with these settings, by dotted name; undefined for what they keep from being stored. */
export function meaningsOf({ ip, userAgent, visitor }: StoredBy): Readonly<Record<string, Meaning | undefined>> {
  const [what, who, page, browser, added, where] = groups
  const daily = visitor === 'daily'
  const named = 'where the browser names itself'
  const ids = 'only on a website that keeps ids in the browser (data-storage)'
  return {
    '@timestamp': { group: what, purpose: 'When it happened.', example: '2026-11-21T09:30:00.000Z' },
    'event.id': {
      group: what,
      purpose: 'Tells copies of one event apart from two events.',
      example: '0mwpt1nbck9k2j4h6f8d-1',
    },
    'event.action': { group: what, purpose: 'What you did.', example: 'page_view' },
    'event.sequence': {
      group: what,
      purpose: 'Counts up within one page load, so that losses are noticed.',
      example: 1,
    },
    'event.created': { group: what, purpose: 'When it was received.', example: '2026-11-21T09:30:01.204Z' },
    site: { group: what, purpose: 'Which website it was.', example: 'example' },
    'tab.id': {
      group: who,
      purpose: 'Holds together what happened in one page load. Made at random for each, and anew after 24 hours.',
      example: '0mwpt1nbck9k2j4h6f8d',
    },
    'session.id': {
      group: who,
      purpose: 'Holds together one visit, which ends after 30 idle minutes.',
      example: '0mwq7eki4z8fyy55ymv4',
      when: ids,
    },
    'user.id': {
      group: who,
      purpose: daily
        ? 'Counts visitors. Unless the website keeps ids in the browser, it is a pseudonym made of day, website, address and browser with a secret: another one every day, from which the address can not be read back.'
        : 'Counts visitors.',
      example: 'Zk3v8Qd1yTg5b0Xa',
      when: daily ? 'wherever an address is known' : ids,
      ...(daily && { setting: 'CLICKTRAIL_VISITOR=daily' }),
    },
    'user.name': {
      group: who,
      purpose: 'The name under which the website knows you.',
      example: 'ada',
      when: 'only after you have told the website a name that it passes on',
    },
    'client.ip':
      ip === 'cut'
        ? {
            group: who,
            purpose:
              'Roughly where visits come from, and abuse. The network of your address: its last part is cut off.',
            example: '203.0.113.0',
            when: 'wherever an address is known',
            setting: 'CLICKTRAIL_IP=cut',
          }
        : undefined,
    'url.full': {
      group: page,
      purpose: 'Which pages are read. Without the query and the fragment, but for the parts that the website asks for.',
      example: 'https://shop.example/paints',
      when: 'where it happened on a page',
    },
    'url.domain': {
      group: page,
      purpose: 'The host of that address.',
      example: 'shop.example',
      when: 'with the address',
    },
    'url.path': { group: page, purpose: 'The path of that address.', example: '/paints', when: 'with the address' },
    'page.title': {
      group: page,
      purpose: 'Names the page in reports.',
      example: 'Paints',
      when: 'where the page has one',
    },
    'page.language': {
      group: page,
      purpose: 'Which languages are wanted: that of the page, else the first that your browser asks for.',
      example: 'en-GB',
      when: 'where either is known',
    },
    'http.request.referrer': {
      group: page,
      purpose: 'Where you came from.',
      example: 'https://search.example/',
      when: 'where the browser tells it',
    },
    'user_agent.original':
      userAgent === 'keep'
        ? {
            group: browser,
            purpose:
              'Finds faults of single browsers. What your browser says of itself with every request, as it came.',
            example: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
            when: named,
            setting: 'CLICKTRAIL_USER_AGENT=keep',
          }
        : undefined,
    'user_agent.name': { group: browser, purpose: 'Which browsers are in use.', example: 'Firefox', when: named },
    'user_agent.version': { group: browser, purpose: 'The version of the browser.', example: '140.0', when: named },
    'user_agent.os.name': { group: browser, purpose: 'Which systems are in use.', example: 'macOS', when: named },
    'user_agent.os.version': { group: browser, purpose: 'The version of the system.', example: '10.15', when: named },
    'user_agent.device.name': {
      group: browser,
      purpose: 'The model of the device.',
      example: 'iPhone',
      when: 'where the browser tells it',
    },
    'user_agent.device.type': {
      group: browser,
      purpose: 'Whether it is a phone, a tablet or a desktop.',
      example: 'desktop',
      when: named,
    },
    'user_agent.bot': { group: browser, purpose: 'Tells robots from people.', example: false, when: named },
    properties: {
      group: added,
      purpose:
        'What the website says about an event, such as the color that was clicked; also how many events were lost on their way (events_dropped).',
      example: { color: 'red' },
      when: 'where the website adds something',
    },
    'kafka.topic': { group: where, purpose: 'The log that it went through.', example: 'clicktrail' },
    'kafka.partition': { group: where, purpose: 'The part of that log.', example: 0 },
    'kafka.offset': { group: where, purpose: 'The place there, so that nothing is stored twice.', example: 81_000 },
    'kafka.skipped': {
      group: where,
      purpose: 'How many places were passed over before it.',
      example: 2,
      when: 'where some were',
    },
    'kafka.generation': {
      group: where,
      purpose: 'How often that log was made anew.',
      example: 2,
      when: 'where it was',
    },
  }
}
