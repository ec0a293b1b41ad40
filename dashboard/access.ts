/** What is known of a request before it is let in. */
export interface Caller {
  /** The peer's address as the socket has it. */
  peer: string | undefined
  host: string | undefined
  /** Whether a proxy says that it passes someone else's request on. */
  forwarded: boolean
}

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i
const loopbackPeer = /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/**
 * Whether a request comes from this very computer and means it: a loopback peer, a loopback `Host` (a name that was
 * rebound to 127.0.0.1 has another, see DNS rebinding) and no proxy in between.
 */
export function isLocal({ peer, host, forwarded }: Caller): boolean {
  const fromHere = peer !== undefined && (peer === '::1' || loopbackPeer.test(peer))
  return fromHere && host !== undefined && loopbackHost.test(host) && !forwarded
}

/** Whether a browser says that another site made it send this (Fetch Metadata, W3C). Other clients say nothing. */
export function isForeign(secFetchSite: string | undefined): boolean {
  return secFetchSite !== undefined && secFetchSite !== 'same-origin' && secFetchSite !== 'none'
}

/** The page for everyone else: how to get in on this computer, at the `port` that the server listens on, what to set, and what that opens. */
export function refusedHtml(port: number): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clicktrail: local only</title>
<body>
<h1>The dashboard is for this computer only</h1>
<p>Open it on the machine that runs Clicktrail, as <code>http://127.0.0.1:${port}/dashboard</code> or through
<code>ssh -L ${port}:127.0.0.1:${port}</code>. With curl, add <code>-H 'Connection: keep-alive'</code>: a request without it may be
a proxy's.</p>
<p>To open it to everyone who can reach this port, start with <code>CLICKTRAIL_DASHBOARD=public</code>.
The risk: it has no password, and whoever opens it can read every event that was collected, names and user agents
included, and can keep a processor busy with queries. Put a proxy with a login in front of it.</p>
</body>
</html>
`
}
