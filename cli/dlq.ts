import { Command, InvalidArgumentError } from 'commander'
import type { SettingKey } from './config/settings.ts'
import { letterFilters } from './options/letter-filter.ts'
import {
  elasticsearchSettings,
  type Flag,
  kafkaSettings,
  toCommand,
  topicSettings,
  writerSettings,
} from './options/options.ts'
import { spanMs } from './options/time-flag.ts'
import { wholeFrom } from './options/usage.ts'

const where = ['topic', 'dataDir', ...kafkaSettings] as const satisfies SettingKey[]

const sending: readonly Flag[] = [
  { flags: '--rate <n>', help: 'letters a second, at most (default: 1000)', parse: wholeFrom(1) },
  { flags: '--max-replays <n>', help: 'a letter that came back so often stays (default: 3)', parse: wholeFrom(1) },
]

const letterHelp = 'which letter: <partition>:<offset> of the dead-letter topic, as list prints it'

/** `clicktrail dlq list|show|replay`: what could not be stored, why, and back again. */
export function dlq(): Command {
  const list = toCommand({
    name: 'list',
    command: 'dlq',
    help: 'what could not be stored: a line for each storage, reason and partition, with an example',
    settings: where,
    flags: [...letterFilters, { flags: '--json', help: 'print the rows as JSON' }],
    run: async (config, flags) => (await import('./run-dlq.ts')).runList(config, flags),
  })
  const show = toCommand({
    name: 'show',
    command: 'dlq',
    help: 'one dead letter: why it was refused, its value and where that is wrong, and what to do next',
    settings: where,
    argument: { name: 'at', word: '<letter>', help: letterHelp, parse: placeOf },
    flags: [{ flags: '--value', help: 'print the value alone, byte for byte: for a file to repair' }],
    run: async (config, flags) => (await import('./run-dlq.ts')).runShow(config, flags),
  })
  const replay = toCommand({
    name: 'replay',
    command: 'dlq',
    help: 'send dead letters once more: all that wait, those of a filter, or one',
    settings: [...where, ...elasticsearchSettings],
    argument: { name: 'at', word: '[letter]', help: letterHelp, parse: placeOf },
    flags: [
      ...letterFilters,
      ...sending,
      { flags: '--value <file>', help: 'with a letter: send what this file holds in its place' },
      { flags: '--dry-run', help: 'print what would be done, and send nothing' },
    ],
    run: async (config, flags) => (await import('./run-dlq-replay.ts')).runReplay(config, flags),
  })
  const group = new Command('dlq').description('dead letters: what could not be stored, why, and back again')
  return group
    .addCommand(list.addHelpText('after', listHelp))
    .addCommand(show.addHelpText('after', showHelp))
    .addCommand(replay.addHelpText('after', replayHelp))
    .addHelpText('after', groupHelp)
}

/** `clicktrail consume dlq`: replays all the time. */
export function consumeDeadLetters(): Command {
  return toCommand({
    name: 'dlq',
    command: 'consume dlq',
    help: 'replay dead letters as they come of age, all the time',
    settings: [...elasticsearchSettings, ...writerSettings, ...topicSettings],
    needs: ['kafkaBrokers'],
    flags: [
      ...sending,
      {
        flags: '--after <time>',
        help: 'age at which a letter is replayed, such as 30s, 10m (default: 10m)',
        parse: spanMs,
      },
    ],
    run: async (config, flags) => (await import('./run-consume.ts')).runConsumeDeadLetters(config, flags),
  }).addHelpText('after', `\nSends what "clicktrail dlq replay" would; see its --help. One of the two at a time.`)
}

const groupHelp = `
From a bad record to a stored one:
  clicktrail dlq list                               what there is, with an example such as 1:17
  clicktrail dlq show 1:17                          why it was refused, and where it is wrong
  clicktrail dlq show 1:17 --value > letter.json    its value, to be repaired in an editor
  clicktrail dlq replay 1:17 --value letter.json    sends the repaired one in its place
Where the records are fine and the storage was not, repair that, and send all of them:
  clicktrail dlq replay --dry-run
  clicktrail dlq replay

With KAFKA_BROKERS the topic <topic>-dlq is read, else the one in the data folder; that can be opened by one process only, so stop
"clicktrail start" first.`

const listHelp = `
Changes nothing. "waiting" is what no replay is through with. Letters stay on the topic, replayed or not, until its retention takes them.`

const showHelp = `
Changes nothing. Control characters of a value are shown as \\u{…}, so that it can't reprogram a terminal; --value prints them as they are.`

const replayHelp = `
What Elasticsearch alone refused goes straight there (ELASTICSEARCH_URL), all else to the topic, for every writer: once for each
record, whoever refused it. What is sent carries the headers clicktrail.replays and clicktrail.replay.of. Elasticsearch may refuse it
again, and so may a writer: then it is a new letter, and after --max-replays rounds one that stays.

A record that every writer would refuse again today is not sent and goes on waiting, until you send a repaired one in its place.

Without a letter, those that an earlier replay was through with are left out, sent or not; with one, it is sent however often it went.
What is sent is acknowledged by every replica in sync before the position is committed, in the group <topic>-dlq. A run that is cut short
is repeated: it goes on where it was, and may send a few letters twice. Copies of an event are removed by its id, in Elasticsearch
always, in the files while the first copy is among the last 50,000 offsets of its partition.
Exit code: 0 done, 1 something is not sent, is refused again, or a server does not answer, 2 wrong usage.`

/** `1:17`. */
function placeOf(value: string): { partition: number; offset: number } {
  const [, partition, offset] = /^(\d{1,6}):(\d{1,15})$/.exec(value) ?? []
  if (partition === undefined || offset === undefined)
    throw new InvalidArgumentError('It must be <partition>:<offset>, such as 1:17.')
  return { partition: Number(partition), offset: Number(offset) }
}
