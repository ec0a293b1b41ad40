import { expect, test } from 'vitest'
import * as clicktrail from '../../../sdk/index.ts'

test('can be imported and called on a server, where it does nothing', () => {
  clicktrail.init({ site: 'example' })
  clicktrail.page()
  clicktrail.track('signup', { plan: 'free' })
  clicktrail.identify('ada')
  clicktrail.optOut()
  clicktrail.optIn()
  expect(clicktrail.status()).toMatchObject({ blocked: 'not_initialised', queued: 0, sent: 0, recent: [] })
})
