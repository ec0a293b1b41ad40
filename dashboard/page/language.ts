// uPlot hands the browser's language to Intl as it is loaded. Chromium calls it `en-US@posix` where the environment has
// `LANG=C`; Intl refuses that, and the page would stay blank.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}
