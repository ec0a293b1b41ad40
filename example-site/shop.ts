import { byId } from './element.ts'
import { showFeed } from './feed.ts'
import { type Product, products } from './products.ts'
import { type Cart, cartView, listView, missingView, productView, totalOf, type View } from './shop-views.ts'
import { tracker } from './tracker.ts'

const cart: Cart = new Map()

function add(product: Product) {
  cart.set(product, (cart.get(product) ?? 0) + 1)
  tracker?.track('add_to_cart', { product: product.slug, color: product.color, price: product.price })
}

function order() {
  tracker?.track('order', { products: cart.size, total: totalOf(cart) })
  cart.clear()
  show()
}

function viewOf(path: string): View {
  const slug = path.replace(/^\/shop\/?/, '').replace(/\/$/, '')
  if (!slug) return listView(cart)
  if (slug === 'cart') return cartView(cart, order)
  const product = products.find(one => one.slug === slug)
  return product ? productView(product, cart, add) : missingView()
}

function show() {
  const { title, content } = viewOf(location.pathname)
  document.title = `${title} · Clicktrail`
  byId('view').replaceChildren(...content)
}

function focusHeading() {
  byId('view').querySelector('h1')?.focus({ preventScroll: true })
  scrollTo(0, 0)
}

// Links within the shop change the route without a load; everything else stays an ordinary link.
document.addEventListener('click', event => {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const modified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
  if (!link || modified || event.defaultPrevented || !/^\/shop(\/|$)/.test(link.pathname)) return
  event.preventDefault()
  if (link.pathname !== location.pathname) history.pushState(null, '', link.pathname)
  show()
  focusHeading()
})
addEventListener('popstate', show)

show()
showFeed()
