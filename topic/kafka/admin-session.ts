import type { Admin, Kafka } from 'kafkajs'
import { topicErrorOf } from './error.ts'

/** Asks the cluster, through a connection that is opened on demand and let go when idle or broken. */
export interface AdminSession {
  /** Rejects with a {@link TopicError}; `operation` goes into its message. */
  run<T>(operation: string, ask: (admin: Admin) => Promise<T>): Promise<T>
  close(): Promise<void>
}

interface Connection {
  admin: Admin
  connected: Promise<void>
  users: number
}

/** An idle kafkajs connection costs 4 % of a core (a timer of 1 ms), hence `idleMs`. */
export function adminSession(kafka: Kafka, idleMs = 2_000): AdminSession {
  let current: Connection | undefined
  let idle: NodeJS.Timeout | undefined

  const letGo = async (connection: Connection) => {
    if (current === connection) current = undefined
    if (connection.users === 0) await connection.admin.disconnect().catch(() => {})
  }

  const take = (): Connection => {
    clearTimeout(idle)
    if (!current) {
      const admin = kafka.admin()
      current = { admin, connected: admin.connect(), users: 0 }
    }
    current.users += 1
    return current
  }

  return {
    async run(operation, ask) {
      const connection = take()
      let failed = false
      try {
        await connection.connected
        return await ask(connection.admin)
      } catch (error) {
        failed = true
        throw topicErrorOf(error, operation)
      } finally {
        connection.users -= 1
        if (failed || current !== connection) await letGo(connection)
        else if (connection.users === 0) {
          clearTimeout(idle)
          idle = setTimeout(() => void letGo(connection), idleMs)
          idle.unref()
        }
      }
    },
    async close() {
      clearTimeout(idle)
      if (current) await letGo(current)
    },
  }
}
