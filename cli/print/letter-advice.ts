import { type Letter, nameOf } from '../../consumers/dlq/letter.ts'
import { onlyElasticsearch } from '../../consumers/dlq/route.ts'
import { decodeRecord } from '../../topic/record.ts'
import { printable } from './printable.ts'

/** What to do next, by what is wrong. */
export function adviceFor(letter: Letter): string[] {
  const name = nameOf(letter)
  const repair = [
    `clicktrail dlq show ${name} --value > letter.json`,
    'edit letter.json',
    `clicktrail dlq replay ${name} --value letter.json`,
  ]
  const { origin, reason, value } = letter
  if (letter.empty) return ['It holds nothing: leave it, or send a record in its place with --value.']
  if (letter.cutFrom !== undefined)
    return [
      `It did not fit and was cut. ${origin ? `While ${printable(origin.topic)} still holds it, the whole value lies at partition ${origin.partition}, offset ${origin.offset}.` : ''}`.trim(),
      `Send it whole, or shortened: clicktrail dlq replay ${name} --value letter.json`,
    ]
  if (reason === 'conflict')
    return [
      'Another event has this id and was stored first; it stays. To store this one too, give it an event.id and event.sequence of its own:',
      ...repair,
    ]
  if (reason === 'too_large')
    return [
      'Elasticsearch takes no document of that size. Raise its http.max_content_length, or shorten it:',
      ...repair,
    ]
  if (onlyElasticsearch(letter))
    return [
      'The files have it; Elasticsearch refused it for its mapping. Where the mapping is wrong, repair it (clicktrail elasticsearch setup), then',
      `clicktrail dlq replay --sink elasticsearch --reason ${printable(reason)}`,
      'Where this document is wrong:',
      ...repair,
    ]
  if (decodeRecord(value).ok)
    return ['Nothing is wrong with it today. Send it as it is:', `clicktrail dlq replay ${name}`]
  return ['Replaying it as it is brings it back. Repair it and send that in its place:', ...repair]
}
