import type * as Sdk from '../../../sdk/index.ts'

type Shop = {
  color_click: { color: 'red' | 'blue'; strength?: number }
  signup: undefined
}

interface Signup {
  plan: string
}

interface Club {
  signup: Signup
}

declare const sdk: typeof Sdk

/** That a map of events types what `track` takes: tsc checks it, none of it runs. */
export function checkedByTsc(): void {
  for (const { track } of [sdk.init<Shop>({ site: 'shop' }), sdk.createTracker<Shop>()]) {
    track('color_click', { color: 'red' })
    track('color_click', { color: 'blue', strength: 2 })
    track('signup')
    track('signup', undefined)
    // @ts-expect-error: the map has no such action.
    track('colour_click', { color: 'red' })
    // @ts-expect-error: no such color.
    track('color_click', { color: 'green' })
    // @ts-expect-error: without its properties.
    track('color_click')
    // @ts-expect-error: without the color.
    track('color_click', {})
    // @ts-expect-error: one too many.
    track('color_click', { color: 'red', size: 1 })
    // @ts-expect-error: no properties at all.
    track('signup', { plan: 'free' })
  }
  sdk.init<Club>({ site: 'club' }).track('signup', { plan: 'free' })
  // @ts-expect-error: no such property.
  sdk.init<Club>({ site: 'club' }).track('signup', { color: 'red' })
  sdk.init({ site: 'shop' }).track('anything', { at: 'all' })
  sdk.track('anything')
  // @ts-expect-error: not without a site.
  sdk.init({})
  // @ts-expect-error: no such storage.
  sdk.init({ site: 'shop', storage: 'cookie' })
}
