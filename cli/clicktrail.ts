import { Command } from 'commander'
import { audit } from './audit.ts'
import { collector } from './collector.ts'
import { ConfigError } from './config/config.ts'
import { consume } from './consume.ts'
import { dlq } from './dlq.ts'
import { elasticsearch } from './elasticsearch.ts'
import { hdfs } from './hdfs.ts'
import { hive } from './hive.ts'
import { kibana } from './kibana.ts'
import { toCommand } from './options/options.ts'
import { usageExitsTwo } from './options/usage.ts'
import { reload } from './reload.ts'
import { report } from './report.ts'
import { start } from './start.ts'
import { topics } from './topics.ts'
import { version } from './version.ts'

const program = new Command('clicktrail')
  .description('Carries what visitors do on a website into HDFS and Elasticsearch.')
  .version(version)
  .showHelpAfterError()
  .addCommand(toCommand(start))
  .addCommand(toCommand(collector))
  .addCommand(consume())
  .addCommand(topics())
  .addCommand(elasticsearch())
  .addCommand(kibana())
  .addCommand(hdfs())
  .addCommand(reload())
  .addCommand(dlq())
  .addCommand(hive())
  .addCommand(report())
  .addCommand(audit())

try {
  await usageExitsTwo(program).parseAsync()
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message)
  else console.error(`clicktrail: ${error instanceof Error ? error.message : error}`)
  process.exit(error instanceof ConfigError ? 2 : 1)
}
