import type { Completeness, CompletenessAnswer } from '../../answers.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { amountText } from '../format.ts'
import { tableOf } from '../table.ts'
import { showVerdict, type Verdict } from '../verdict.ts'

const columns = ['topic', 'generation', 'partition', 'landed', 'skipped', 'missing', 'doubled']

/** Whether everything that was on the topic has landed, once. */
export function createCompleteness(): { elements: HTMLElement[]; show(signal: AbortSignal): Promise<void> } {
  let partitions: Completeness[] = []
  const rowsOf = () =>
    partitions.map(({ topic, generation, partition, landed, skipped, missing, doubled }) => [
      topic,
      generation,
      partition,
      landed,
      skipped,
      missing,
      doubled,
    ])
  const verdict = element('p', 'verdict', '')
  verdict.id = 'complete'
  const list = card('From the topic to the files', {
    id: 'completeness',
    beside: [csvButton(() => ({ name: 'completeness', columns, rows: rowsOf() }))],
  })
  const about =
    'Offsets are dense: each that is not here was skipped with a reason (a copy, a dead letter, a gap) or is missing. All that has landed counts, whatever time is chosen.'
  list.whole.append(element('p', 'hint', about))

  return {
    elements: [verdict, list.whole],
    async show(signal) {
      const answer = await ask<CompletenessAnswer>('api/panel/completeness', signal)
      partitions = answer.partitions
      whenChanged(list.body, partitions, () => {
        showVerdict(verdict, verdictOf(partitions))
        const nothing = element('p', 'nothing', 'Nothing has landed yet.')
        list.body.replaceChildren(partitions.length === 0 ? nothing : tableOf('Completeness', columns, rowsOf()))
      })
    },
  }
}

function verdictOf(partitions: readonly Completeness[]): Verdict {
  const sum = (name: 'landed' | 'missing' | 'doubled') => partitions.reduce((all, row) => all + row[name], 0)
  const landed = sum('landed')
  const missing = sum('missing')
  const doubled = sum('doubled')
  if (landed === 0) return { state: 'waiting', text: 'Nothing has landed yet.' }
  if (missing === 0 && doubled === 0)
    return {
      state: 'good',
      text: `From the topic to the files: complete. ${amountText(landed, 'row')} landed, none is missing, none is there twice.`,
    }
  const wrong = [
    ...(missing > 0 ? [`${amountText(missing, 'offset')} missing`] : []),
    ...(doubled > 0 ? [`${amountText(doubled, 'row')} too many`] : []),
  ]
  return {
    state: 'bad',
    text: `From the topic to the files: not complete. ${wrong.join(', ')} among ${amountText(landed, 'row')} that landed.`,
  }
}
