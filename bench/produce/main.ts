import { parseArgs } from 'node:util'
import { measureAppends } from './append.ts'
import { measureEncode } from './encode.ts'
import { lineOf } from './pair.ts'

const usage = `Usage: npm run bench -- produce [options]

Compares our way to the broker with kafkajs's own producer: encoding alone, then a real broker when KAFKA_BROKERS is set
(npm run stack -- start kafka), three partitions, one batch at a time to each, acks=1. Medians of rounds that take turns.

  --bytes N    of a record's value (400)
  --records N  of a batch (500)
  --rounds N   (9)
  --seconds N  of each turn with the broker (3)
  --help       print this`

const { values: flags } = parseArgs({
  options: {
    bytes: { type: 'string', default: '400' },
    records: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})

if (flags.help) console.log(usage)
else {
  const rounds = Number(flags.rounds)
  const records = Array.from({ length: Number(flags.records) }, (_, n) => ({
    value: Buffer.alloc(Number(flags.bytes), `{"event":{"id":"${n}"}}`),
  }))
  console.log(
    `Batches of ${flags.records} records of ${flags.bytes} bytes\n\n| | kafkajs | ours | |\n|---|---|---|---|`,
  )
  const encoded = await measureEncode(records, rounds)
  console.log(lineOf('encode, CPU µs a record', encoded, ({ stock, direct }) => stock / direct))
  const brokers = process.env['KAFKA_BROKERS']
  if (brokers) {
    const appended = await measureAppends(brokers.split(','), records, { rounds, seconds: Number(flags.seconds) })
    console.log(lineOf('append, CPU µs a record', appended.micros, ({ stock, direct }) => stock / direct))
    console.log(lineOf('append, records/s', appended.recordsPerSecond, ({ stock, direct }) => direct / stock))
  }
}
