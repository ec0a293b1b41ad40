import { Hono } from 'hono'
import { z } from 'zod'
import { serveApp } from '../support/serve-app.ts'

/** What somebody reads in a channel. */
export interface SlackMessage {
  channel: string
  title: string
  text: string
  /** Of the bar beside it: Alertmanager sends `danger` and, once it is over, `good`. */
  color: string
}

export interface SlackDouble {
  /** The webhook's address, whose path is the secret. */
  webhook: string
  secret: string
  /** In the order in which they came. */
  messages: SlackMessage[]
  /** Bodies as they came, those that were refused too. */
  bodies: string[]
  close(): Promise<void>
}

const attachment = z.object({
  title: z.string(),
  text: z.string().min(1),
  fallback: z.string().min(1),
  color: z.string(),
})
const payload = z.object({ channel: z.string(), attachments: z.array(attachment).min(1) })

/**
 * Slack's incoming webhooks: `ok` for a JSON payload with text, 404 for another path, 400 for what Slack can't show. The first request
 * meets a Slack that is away (503).
 */
export async function startSlack(): Promise<SlackDouble> {
  const secret = 'T0CLICK/B0TRAIL/notforanybodyelse'
  const messages: SlackMessage[] = []
  const bodies: string[] = []
  const app = new Hono()
  app.post('/services/*', async context => {
    const body = await context.req.text()
    bodies.push(body)
    if (bodies.length === 1) return context.text('service_unavailable', 503)
    if (context.req.path !== `/services/${secret}`) return context.text('no_service', 404)
    if (!context.req.header('content-type')?.startsWith('application/json')) return context.text('invalid_payload', 400)
    const { data } = payload.safeParse(JSON.parse(body))
    if (!data) return context.text('no_text', 400)
    const { channel, attachments } = data
    messages.push(...attachments.map(({ title, text, color }) => ({ channel, title, text, color })))
    return context.text('ok')
  })
  const { url, close } = await serveApp(app)
  return { webhook: `${url}/services/${secret}`, secret, messages, bodies, close }
}
