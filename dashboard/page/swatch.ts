import { element } from './dom.ts'

/** A patch of the color if the text is a CSS color name or #hex, else nothing. */
export function swatchOf(name: string): HTMLElement | undefined {
  if (!/^([a-z]{3,24}|#[0-9a-f]{3,8})$/i.test(name) || !CSS.supports('color', name)) return undefined
  const patch = element('span', 'swatch')
  patch.style.backgroundColor = name
  return patch
}
