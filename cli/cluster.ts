import { type Config, ConfigError } from './config.ts'

/** @throws ConfigError when no broker is configured: this command is a part of a cluster. */
export function requireKafka(config: Config, command: string): NonNullable<Config['kafka']> {
  if (config.kafka) return config.kafka
  throw new ConfigError([
    `KAFKA_BROKERS is not set, and ${command} needs it: set it to host:port of your brokers, or run "clicktrail start", which needs no server`,
  ])
}
