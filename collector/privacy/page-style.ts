import { raw } from 'hono/html'

/** The page's own style sheet: there is nothing else to load. */
const css = `
:root { color-scheme: light dark; --line: light-dark(#dfe3ec, #2b3242); --muted: light-dark(#555d6e, #a3acbd); --card: light-dark(#fff, #171b25); --accent: light-dark(#4338ca, #a5b4fc) }
* { box-sizing: border-box }
body { margin: 0; background: light-dark(#f5f6fa, #0e1118); color: light-dark(#1b1f2a, #e9ecf3); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
h1 { margin: 0; font-size: 2rem; line-height: 1.2 } h2 { margin: 0 0 .5rem; font-size: 1.2rem } h3 { margin: 1.2rem 0 .4rem; font-size: 1rem }
section { margin: 1.2rem 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: .8rem; background: var(--card) }
p { margin: .5rem 0 } .lead { font-size: 1.1rem; color: var(--muted) } ul { padding-left: 1.2rem; margin: .5rem 0 } li { margin: .3rem 0 }
dl { margin: 0 } dl > div { padding: .5rem 0; border-top: 1px solid var(--line) } dt { font-weight: 600 } dd { margin: 0 }
small { display: block; color: var(--muted); font-size: .875rem } code, pre { font: .875em ui-monospace, monospace } pre { white-space: pre-wrap; margin: .4rem 0 }
a { color: var(--accent) } summary { cursor: pointer; padding: .3rem 0 }
button { min-height: 2.75rem; padding: .4rem 1.1rem; margin: .3rem .5rem .3rem 0; border: 1px solid var(--accent); border-radius: .6rem; background: none; color: var(--accent); font: inherit; font-weight: 600; cursor: pointer }
button:disabled { opacity: .5; cursor: default } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=status] { font-weight: 600 }
`

/** {@link css} as HTML, byte for byte: its hash stands in the page's Content-Security-Policy. */
export const style = raw(css)
