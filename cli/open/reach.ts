import { TopicError } from '../../topic/topic.ts'

/** Awaits what asks a server; an error says which setting names the server and what to check, unless the server answered and it was the request that can't be. */
export async function reach<T>(setting: string, address: readonly string[], answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof TopicError && cause.code === 'closed') throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${reason}\n  ${setting} is ${address.join(',')}: does it answer there, with these credentials?`, {
      cause,
    })
  }
}
