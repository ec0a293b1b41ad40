import { join } from 'node:path'
import { resources } from './folders.ts'
import { fetchJars } from './jars.ts'

const version = '1.0.1'

/** The JVM argument by which a broker shows its metrics under `http://127.0.0.1:<port>/metrics`, as `deploy/prometheus/kafka-jmx.yml` says. */
export async function jmxAgent(port: number, progress: (line: string) => void): Promise<string> {
  const jar = join(await fetchJars('jmx', progress), `jmx_prometheus_javaagent-${version}.jar`)
  return `-javaagent:${jar}=127.0.0.1:${port}:${join(resources, '../../deploy/prometheus/kafka-jmx.yml')}`
}
