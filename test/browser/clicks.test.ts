import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

const html = `<button id="red" data-track="color_click" data-track-color-name="red" data-track-level="3"><b>Red</b></button>
  <button id="plain">Plain</button><a id="empty" data-track="">x</a>`

test('records a click inside an element with data-track, all values as strings', async () => {
  const { document, events, hide } = await visit({ html })
  document.querySelector('b')?.click()
  hide()
  expect(events()[1]).toMatchObject({ n: 2, action: 'color_click', properties: { color_name: 'red', level: '3' } })
})

test('records no other clicks', async () => {
  const { document, events, hide } = await visit({ html })
  for (const button of document.querySelectorAll<HTMLElement>('#plain, #empty')) button.click()
  hide()
  expect(events()).toHaveLength(1)
})

test('records a click whose bubbling the page stops, and lets the page have it', async () => {
  const { document, events, hide } = await visit({ html })
  const red = document.getElementById('red')
  let seen = 0
  red?.addEventListener('click', event => {
    seen++
    event.stopPropagation()
  })
  red?.click()
  hide()
  expect(events()).toHaveLength(2)
  expect(seen).toBe(1)
})
