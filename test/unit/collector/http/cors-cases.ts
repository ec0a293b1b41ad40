/** What a request of a page, as curl would send it, is answered with: the status and all of its Access-Control-* and Vary headers. */
export interface CorsCase {
  name: string
  method?: string
  path?: string
  origin?: string
  headers?: Record<string, string>
  body?: string
  status: number
  answer: Record<string, string>
}

const valid = '{"site":"s","events":[{"action":"a"}]}'
const exposed = { 'access-control-expose-headers': 'Retry-After' }
const preflight = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'Content-Type',
  'access-control-max-age': '7200',
}
const anyone = { 'access-control-allow-origin': '*', ...exposed }
const varies = { vary: 'Origin' }
const echoed = (origin: string) => ({ 'access-control-allow-origin': origin, ...varies, ...exposed })

const post = (name: string, origin: string | undefined, status: number, answer: Record<string, string>): CorsCase => ({
  name,
  ...(origin === undefined ? {} : { origin }),
  method: 'POST',
  body: valid,
  status,
  answer,
})
const options = (
  name: string,
  origin: string | undefined,
  status: number,
  answer: Record<string, string>,
): CorsCase => ({
  ...post(name, origin, status, answer),
  method: 'OPTIONS',
  body: '',
  headers: { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
})

const shop = 'https://shop.example'

/** Without an allow-list: anyone may send. */
export const openCases: readonly CorsCase[] = [
  post('any origin', shop, 204, anyone),
  post('no origin', undefined, 204, anyone),
  post('the null origin', 'null', 204, anyone),
  post('an extension', 'chrome-extension://abcdefgh', 204, anyone),
  post('an origin that is none', '<script>', 204, anyone),
  options('a preflight', shop, 204, { ...anyone, ...preflight }),
  options('a preflight of the null origin', 'null', 204, { ...anyone, ...preflight }),
  options('OPTIONS without an origin', undefined, 204, { ...anyone, ...preflight }),
  {
    ...options('a preflight that asks for DELETE', shop, 204, { ...anyone, ...preflight }),
    headers: { 'Access-Control-Request-Method': 'DELETE' },
  },
  {
    ...options('a preflight that asks for credentials', shop, 204, { ...anyone, ...preflight }),
    headers: { 'Access-Control-Request-Headers': 'authorization, cookie' },
  },
  { ...post('a body of JSON', shop, 204, anyone), headers: { 'Content-Type': 'application/json' } },
  { ...post('a bad body, whose answer is readable', shop, 400, anyone), body: '{' },
  {
    ...post('a partial answer, which is readable', shop, 200, anyone),
    body: '{"site":"s","events":[{"action":"a"},{}]}',
  },
  { ...post('a body that is too large', shop, 413, anyone), body: valid.padEnd(70_000) },
  { ...post('another type', shop, 415, anyone), headers: { 'Content-Type': 'text/html' } },
  { ...post('a cookie, which changes nothing', shop, 204, anyone), headers: { Cookie: 'a=b' } },
  { ...post('Sec-GPC', shop, 204, anyone), headers: { 'Sec-GPC': '1' } },
  { ...post('GET', shop, 405, anyone), method: 'GET', body: '' },
  { ...post('DELETE', shop, 405, anyone), method: 'DELETE', body: '' },
]

/** The list of {@link listedCases}. */
export const list = [shop, 'https://shop.example:8443', '*.cafe.example', 'https://*.bank.example']

/** With the allow-list {@link list}. */
export const listedCases: readonly CorsCase[] = [
  post('a listed origin', shop, 204, echoed(shop)),
  post('a listed port', 'https://shop.example:8443', 204, echoed('https://shop.example:8443')),
  post('a subdomain', 'https://a.cafe.example', 204, echoed('https://a.cafe.example')),
  post('a subdomain of a subdomain', 'http://a.b.cafe.example:81', 204, echoed('http://a.b.cafe.example:81')),
  post('a subdomain over https', 'https://my.bank.example', 204, echoed('https://my.bank.example')),
  post('no origin', undefined, 204, varies),
  post('another scheme', 'http://shop.example', 403, varies),
  post('another port', 'https://shop.example:444', 403, varies),
  post('the domain itself of a wildcard', 'https://cafe.example', 403, varies),
  post('a domain that ends alike', 'https://evilcafe.example', 403, varies),
  post('a domain that begins alike', 'https://shop.example.evil.example', 403, varies),
  post('a subdomain without https', 'http://my.bank.example', 403, varies),
  post('an unlisted subdomain', 'https://a.shop.example', 403, varies),
  post('the null origin', 'null', 403, varies),
  post('an empty origin', '', 403, varies),
  post('capitals, which no browser sends', 'HTTPS://SHOP.EXAMPLE', 403, varies),
  post('a listed origin with a path', 'https://shop.example/', 403, varies),
  post('two origins in one', 'https://shop.example https://evil.example', 403, varies),
  post('a user before the host', 'https://shop.example@evil.example', 403, varies),
  post('a user before a subdomain', 'https://x@a.cafe.example', 403, varies),
  post('a path behind a subdomain', 'https://a.cafe.example/x', 403, varies),
  post('a host that holds a subdomain as its path', 'https://evil.example/.cafe.example', 403, varies),
  options('a preflight', shop, 204, { ...echoed(shop), ...preflight }),
  options('a preflight of a subdomain', 'https://a.cafe.example', 204, {
    ...echoed('https://a.cafe.example'),
    ...preflight,
  }),
  options('a preflight of an unlisted origin', 'https://evil.example', 403, varies),
  options('a preflight of the null origin', 'null', 403, varies),
  options('OPTIONS without an origin', undefined, 204, { ...varies, ...preflight }),
  { ...post('a bad body, whose answer is readable', shop, 400, echoed(shop)), body: '{' },
  { ...post('a bad body of an unlisted origin', 'https://evil.example', 403, varies), body: '{' },
  { ...post('another type', shop, 415, echoed(shop)), headers: { 'Content-Type': 'text/html' } },
  { ...post('GET', shop, 405, echoed(shop)), method: 'GET', body: '' },
  { ...post('GET of an unlisted origin', 'https://evil.example', 403, varies), method: 'GET', body: '' },
]

/** With the allow-list `null`. */
export const nullCases: readonly CorsCase[] = [
  post('the null origin', 'null', 204, echoed('null')),
  options('a preflight of the null origin', 'null', 204, { ...echoed('null'), ...preflight }),
  post('another origin', shop, 403, varies),
]
