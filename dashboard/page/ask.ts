/** Asks the server. Rejects with what it says is wrong, or that it doesn't answer; with the signal's reason once aborted. */
export async function ask<Answer>(address: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new Error('The server does not answer.', { cause: error })
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(String(answer.error))
  return answer
}
