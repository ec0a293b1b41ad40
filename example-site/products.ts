/** What the shop sells. */
export interface Product {
  /** Last part of its path. */
  slug: string
  name: string
  /** Euros. */
  price: number
  color: string
  text: string
}

export const products: readonly Product[] = [
  { slug: 'poppy', name: 'Poppy', price: 12.5, color: 'red', text: 'A warm red that covers in one coat.' },
  {
    slug: 'marigold',
    name: 'Marigold',
    price: 11,
    color: 'orange',
    text: 'Orange of late afternoons, for small rooms.',
  },
  { slug: 'lemon', name: 'Lemon', price: 9.9, color: 'yellow', text: 'Bright and sour. Best in the kitchen.' },
  { slug: 'moss', name: 'Moss', price: 13.2, color: 'green', text: 'Deep green, mixed with real earth pigments.' },
  { slug: 'lagoon', name: 'Lagoon', price: 14, color: 'teal', text: 'Between blue and green, never quite either.' },
  {
    slug: 'harbour',
    name: 'Harbour',
    price: 12,
    color: 'blue',
    text: 'The blue of boats that have been painted often.',
  },
]

/** An amount of euros, as the visitor writes it. */
export function money(euros: number): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency: 'EUR' }).format(euros)
}
