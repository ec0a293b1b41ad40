import type { LetterRow, LettersAnswer } from '../../answers.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { amountText, timeText } from '../format.ts'
import type { OpenRoom } from '../room.ts'
import { tableOf } from '../table.ts'

/** What could not be stored, by reason, and the commands that look closer and replay. */
export const openLetters: OpenRoom = (place, house) => {
  let rows: readonly LetterRow[] = []
  const list = card('Dead letters', { id: 'dead-letters', beside: [csvButton(() => sheetOf(rows))] })
  place.append(list.whole)

  return {
    async show(_, signal) {
      const answer = await ask<LettersAnswer>('api/letters', signal)
      rows = answer.available ? answer.rows : []
      whenChanged(list.body, [answer.available, rows], () => {
        if (answer.available) list.body.replaceChildren(...shown(rows, house.nowMs()))
        else
          list.body.replaceChildren(
            element('p', '', 'The dashboard has no way to the dead letters here. This command lists them:'),
            command('npm run -s clicktrail -- dlq list'),
          )
      })
    },
  }
}

function shown(rows: readonly LetterRow[], nowMs: number): HTMLElement[] {
  const first = rows[0]
  if (first === undefined) return [element('p', 'nothing', 'None: every record that was read could be stored.')]
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0)
  const cells = rows.map(row => [
    row.reason,
    row.sink,
    row.partition === undefined ? '–' : String(row.partition),
    row.letters,
    row.waiting,
    timeText(row.firstMs, nowMs),
    timeText(row.lastMs, nowMs),
    row.example.name,
    row.example.message,
  ])
  const columns = ['Reason', 'Refused by', 'Partition', 'Letters', 'Waiting', 'First', 'Last', 'Example', 'It says']
  return [
    element('p', '', `${amountText(waiting, 'record waits', 'records wait')} to be replayed or left.`),
    tableOf('Dead letters', columns, cells),
    element(
      'p',
      'hint',
      'Look at one, and send back what would be stored now. Stop clicktrail start first: it has the topic open.',
    ),
    command(`npm run -s clicktrail -- dlq show ${first.example.name}`),
    command('npm run -s clicktrail -- dlq replay'),
  ]
}

function command(text: string): HTMLElement {
  return element('pre', 'command', element('code', '', text))
}

function sheetOf(rows: readonly LetterRow[]) {
  const columns = ['reason', 'sink', 'partition', 'letters', 'waiting', 'first', 'last', 'example', 'message']
  return {
    name: 'dead-letters',
    columns,
    rows: rows.map(row => [
      row.reason,
      row.sink,
      row.partition ?? null,
      row.letters,
      row.waiting,
      new Date(row.firstMs).toISOString(),
      new Date(row.lastMs).toISOString(),
      row.example.name,
      row.example.message,
    ]),
  }
}
