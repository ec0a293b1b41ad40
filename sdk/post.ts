/** The collector's answer. */
export interface Answer {
  /** 0: none came. */
  status: number
  retryAfter?: string | null
  /** Positions of the events that it refused, from 0. */
  rejected?: number[]
}

/** How a body goes out. */
export interface PostOptions {
  /** Outlives the page. Such bodies share 64 KiB a page (Fetch, HTTP-network-or-cache fetch, step 8.10). */
  keepalive: boolean
  /** The page may be going: the browser is asked to take the body over. */
  leaving: boolean
}

const timeoutMs = 30_000

/**
 * Posts a body as text/plain, which needs no preflight and survives the page. Never rejects, gives up after 30 s where
 * the browser can. Resolves to undefined when the body went as a beacon: it is on its way, and no answer will come.
 */
export async function post(
  url: string,
  body: string,
  { keepalive, leaving }: PostOptions,
): Promise<Answer | undefined> {
  try {
    if (leaving && navigator.sendBeacon?.(url, body)) return undefined
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive,
      credentials: 'omit',
      signal: window.AbortSignal?.timeout?.(timeoutMs) ?? null,
    })
    const { status } = response
    return {
      status,
      retryAfter: response.headers.get('retry-after'),
      rejected: status === 200 ? rejectedIn(await response.json().catch(() => undefined)) : [],
    }
  } catch {
    return { status: 0 }
  }
}

function rejectedIn(answer: unknown): number[] {
  const { rejected } = Object(answer) as { rejected?: unknown }
  return Array.isArray(rejected) ? rejected.map(rejection => Number(Object(rejection)['index'])) : []
}
