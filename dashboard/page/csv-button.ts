import { csvOf, type Sheet } from './csv.ts'
import { element } from './dom.ts'

/** A button that saves the sheet as it is when it is pressed; nothing happens while there is none. */
export function csvButton(sheet: () => Sheet | undefined): HTMLElement {
  const button = element('button', 'quiet', 'CSV')
  button.setAttribute('type', 'button')
  button.title = 'Save this table'
  button.addEventListener('click', () => {
    const found = sheet()
    if (found === undefined) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([csvOf(found)], { type: 'text/csv;charset=utf-8' }))
    link.download = `clicktrail-${found.name}.csv`
    link.click()
    URL.revokeObjectURL(link.href)
  })
  return button
}
