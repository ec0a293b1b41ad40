import { type Config, ConfigError, missing } from '../config/config.ts'
import { settings } from '../config/settings.ts'

/** @throws ConfigError when no broker is configured: this command is a part of a cluster. */
export function requireKafka(config: Config, command: string): NonNullable<Config['kafka']> {
  if (config.kafka) return config.kafka
  throw new ConfigError([missing(settings.kafkaBrokers, command)])
}
