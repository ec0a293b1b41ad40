import { Hono } from 'hono'
import { serveApp } from '../support/serve-app.ts'

/** Answers as the blackbox exporter does for an address that is well and whose certificate has a month left; 400 for a module that it does not know. */
export async function startBlackbox() {
  const app = new Hono()
  app.get('/probe', context => {
    const { module, target } = context.req.query()
    if (module !== 'http_2xx' || !target?.startsWith('https://')) return context.text('unknown module', 400)
    const expiry = Math.floor(Date.now() / 1_000) + 30 * 86_400
    return context.text(`probe_success 1\nprobe_ssl_earliest_cert_expiry ${expiry}\n`, 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    })
  })
  return serveApp(app)
}
