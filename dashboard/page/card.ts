import { element } from './dom.ts'

/** A titled card; `beside` stands at the end of its title's line. The body's id, where given, is the one that tests and links use. */
export function card(
  title: string,
  { id = '', beside = [] as HTMLElement[] } = {},
): { whole: HTMLElement; body: HTMLElement } {
  const heading = element('h2', '', title)
  const body = element('div', '')
  if (id !== '') body.id = id
  const whole = element('section', 'card', element('div', 'heading', heading, ...beside), body)
  whole.setAttribute('aria-label', title)
  return { whole, body }
}
