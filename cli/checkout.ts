/** Where the built command lies: `dist/clicktrail.js` in the checkout that it serves files from. */
export const checkout = new URL('../', import.meta.url)
