import type { TopicFacts } from './await-topic.ts'

const message =
  'the topic has the timestamps of whoever writes (message.timestamp.type=CreateTime): a wrong clock there puts records into the wrong hour, or halts their partition; "clicktrail topics apply" sets LogAppendTime'

/** Warns, once, of a topic whose records carry the clocks of whoever writes: rows go by the time that a record has on the log. */
export function timestampWarning(warn: (message: string) => void): (facts: TopicFacts) => void {
  let warned = false
  return ({ timestampType }) => {
    if (timestampType !== 'CreateTime' || warned) return
    warned = true
    warn(message)
  }
}
