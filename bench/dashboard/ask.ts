import { z } from 'zod'

/** The body of an answer. Throws where it is not one of 2xx. */
export async function answerOf(address: string, init?: RequestInit): Promise<string> {
  const answer = await fetch(address, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${text}`)
  return text
}

const sqlAnswer = z.object({ ok: z.boolean(), error: z.string().optional() })

/** Asks the SQL box of the dashboard at `url`. Throws with what it says where it has no rows to show, as when it stopped the query. */
export async function rowsOf(url: string, sql: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const text = await answerOf(`${url}/api/sql`, { method: 'POST', headers, body: JSON.stringify({ sql }) })
  const { ok, error } = sqlAnswer.parse(JSON.parse(text))
  if (!ok) throw new Error(`${sql}: ${error}`)
}
