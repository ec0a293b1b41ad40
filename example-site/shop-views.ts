import { element } from './element.ts'
import { money, type Product, products } from './products.ts'

/** Product → how many. Lives as long as the page: nothing is stored. */
export type Cart = Map<Product, number>

/** One view of the shop: its title and what stands in it. */
export interface View {
  title: string
  content: Node[]
}

export function totalOf(cart: Cart): number {
  return [...cart].reduce((sum, [{ price }, count]) => sum + price * count, 0)
}

function pot(color: string): HTMLElement {
  return element('span', { class: `pot ${color}`, 'aria-hidden': 'true' })
}

function cartLink(cart: Cart): HTMLElement {
  const count = [...cart.values()].reduce((sum, one) => sum + one, 0)
  return element('a', { class: 'button quiet', href: '/shop/cart' }, `Cart (${count})`)
}

function head(title: string, ...beside: Node[]): HTMLElement {
  return element('div', { class: 'view-head' }, element('h1', { tabindex: '-1' }, title), ...beside)
}

export function listView(cart: Cart): View {
  const cards = products.map(({ slug, name, price, color }) =>
    element(
      'li',
      {},
      element(
        'a',
        { class: 'card product', href: `/shop/${slug}` },
        pot(color),
        element('b', {}, name),
        element('span', {}, money(price)),
      ),
    ),
  )
  return {
    title: 'Shop',
    content: [head('Paint shop', cartLink(cart)), element('ul', { class: 'products' }, ...cards)],
  }
}

export function productView(product: Product, cart: Cart, add: (product: Product) => void): View {
  const button = element('button', { type: 'button', class: 'button' }, 'Add to cart')
  const said = element('span', { role: 'status', class: 'said' })
  button.addEventListener('click', () => {
    add(product)
    said.textContent = `${cart.get(product)} in the cart`
  })
  return {
    title: product.name,
    content: [
      element('a', { class: 'back', href: '/shop' }, '← All paints'),
      element(
        'article',
        { class: 'detail' },
        element('div', { class: 'card stage' }, pot(product.color)),
        element(
          'div',
          {},
          head(product.name),
          element('p', { class: 'lead' }, product.text),
          element('p', { class: 'price' }, money(product.price)),
          element(
            'p',
            { class: 'actions' },
            button,
            element('a', { class: 'button quiet', href: '/shop/cart' }, 'Go to cart'),
          ),
          said,
        ),
      ),
    ],
  }
}

export function cartView(cart: Cart, order: () => void): View {
  const back = element('a', { class: 'back', href: '/shop' }, '← All paints')
  if (!cart.size) {
    return { title: 'Cart', content: [back, head('Cart'), element('p', { class: 'lead' }, 'Your cart is empty.')] }
  }
  const rows = [...cart].map(([{ name, price, color }, count]) =>
    element('li', {}, pot(color), element('b', {}, name), element('span', {}, `${count} × ${money(price)}`)),
  )
  const button = element('button', { type: 'button', class: 'button' }, `Order for ${money(totalOf(cart))}`)
  button.addEventListener('click', order)
  return { title: 'Cart', content: [back, head('Cart'), element('ul', { class: 'card cart' }, ...rows), button] }
}

export function missingView(): View {
  return {
    title: 'Not found',
    content: [head('Not found'), element('a', { class: 'back', href: '/shop' }, '← All paints')],
  }
}
