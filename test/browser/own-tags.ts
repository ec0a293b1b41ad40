/** The `tag` of a visit whose page has only these script tags, in place of the one that `visit` writes. */
export function ownTags(html: string): string {
  return `type="text/plain"></script>${html}<script type="text/plain"`
}
