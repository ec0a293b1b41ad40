import { HttpResponse, http, passthrough } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { postToSlack, SlackError } from '../../../report/slack.ts'

const webhook = 'https://hooks.slack.example/services/T0/B0/s3cr3t'
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

/** Answers with each of `answers` in turn, the last one for ever; tells what was posted and waited for. */
function slackThatSays(...answers: (() => Response)[]) {
  const posted: unknown[] = []
  const waitedMs: number[] = []
  server.use(
    http.post(webhook, async ({ request }) => {
      posted.push(await request.json())
      return answers[Math.min(posted.length, answers.length) - 1]?.() ?? HttpResponse.error()
    }),
  )
  const post = (text = 'hello', options = {}) =>
    postToSlack(webhook, text, { wait: async ms => waitedMs.push(ms), ...options })
  return { posted, waitedMs, post }
}

const ok = () => new HttpResponse('ok')
const says = (status: number, text = '', headers = {}) => {
  return () => new HttpResponse(text, { status, headers })
}

test('posts the text as a block of code in which nothing links, mentions or ends the block', async () => {
  const { posted, post } = slackThatSays(ok)
  await post('<!channel> & ```\n')
  expect(posted).toEqual([{ text: "```\n&lt;!channel&gt; &amp; '''\n```" }])
})

test('cuts a text that Slack would refuse', async () => {
  const { posted, post } = slackThatSays(ok)
  await post('x'.repeat(50_000))
  expect(JSON.stringify(posted[0]).length).toBeLessThan(40_000)
})

test('waits as long as Retry-After says, and sends the same again', async () => {
  const { posted, waitedMs, post } = slackThatSays(says(429, '', { 'retry-after': '30' }), ok)
  await post()
  expect(waitedMs).toEqual([30_000])
  expect(posted[1]).toEqual(posted[0])
})

test.each([
  ['429 without Retry-After', says(429)],
  ['429 with a Retry-After that is no number', says(429, '', { 'retry-after': 'soon' })],
  ['500', says(500)],
  ['503', says(503)],
  ['a broken connection', () => HttpResponse.error()],
])('backs off after %s, up to twice as long each time', async (_, answer) => {
  const { waitedMs, post } = slackThatSays(answer, answer, answer, ok)
  await post()
  expect(waitedMs).toHaveLength(3)
  for (const [attempt, ms] of waitedMs.entries()) expect(ms).toBeLessThanOrEqual(1_000 * 2 ** attempt)
})

test.each([
  ['400', says(400, 'invalid_payload'), '400 invalid_payload'],
  ['403', says(403, 'invalid_token'), '403 invalid_token'],
  ['404', says(404, 'no_service'), '404 no_service'],
  ['410', says(410, 'channel_is_archived'), '410 channel_is_archived'],
  ['a redirect', says(302, '', { location: 'https://elsewhere.example/' }), '302'],
])('gives up at once after %s, and says what Slack said', async (_, answer, said) => {
  const { posted, post } = slackThatSays(answer)
  await expect(post()).rejects.toThrow(new SlackError('refused', `Slack refused the message: ${said}`))
  expect(posted).toHaveLength(1)
})

test('gives up after six tries, or when it would have to wait too long', async () => {
  const down = slackThatSays(says(503, 'down'))
  await expect(down.post()).rejects.toThrow('503 down')
  expect(down.posted).toHaveLength(6)
  const limited = slackThatSays(says(429, 'rate_limited', { 'retry-after': '3600' }))
  await expect(limited.post()).rejects.toThrow('429 rate_limited')
  expect(limited.posted).toHaveLength(1)
})

test('says that nobody answers, with the cause, and never the address', async () => {
  const hung = slackThatSays(() => HttpResponse.error())
  server.use(http.post(webhook, () => new Promise<never>(() => {})))
  const slow = await hung.post('x', { attempts: 1, timeoutMs: 20 }).catch((error: unknown) => error)
  expect(slow).toEqual(new SlackError('unreachable', 'Slack has not answered within 0.02 s'))
  const gone = 'http://127.0.0.1:1/services/s3cr3t'
  server.use(http.post(gone, () => passthrough()))
  const closed = await postToSlack(gone, 'x', { attempts: 1 }).catch((error: unknown) => error)
  expect(closed).toBeInstanceOf(SlackError)
  expect(String(closed)).toMatch(/can't be reached/)
  for (const error of [slow, closed]) expect(JSON.stringify([String(error), error])).not.toContain('s3cr3t')
})
