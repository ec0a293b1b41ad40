import chromium from '@sparticuz/chromium'

/**
 * Launch options for a Chromium that comes from npm alone. Of the package's own flags, those that make it one process
 * or switch off web security are left out: the tests want a browser as visitors have it.
 */
export async function chromiumLaunch(): Promise<{ executablePath: string; args: string[]; chromiumSandbox: false }> {
  const unwanted = /single-process|zygote|disable-web-security|allow-running-insecure|site-isolation|disable-features/
  return {
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter(flag => !unwanted.test(flag)),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
    chromiumSandbox: false,
  }
}
