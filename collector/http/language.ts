import { limits } from '../../sdk/event.ts'

/** `langtag` of RFC 5646 §2.1: language, script, region, variants, extensions, private use. */
const langtag =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/i

/**
 * The language that an Accept-Language header (RFC 9110 §12.5.4) names first, as it is written there. Undefined where that
 * is `*`, no well-formed BCP 47 tag, or longer than 128 characters.
 */
export function firstLanguage(acceptLanguage: string | undefined): string | undefined {
  const tag = acceptLanguage?.split(/[,;]/, 1)[0]?.trim()
  return tag !== undefined && tag.length <= limits.nameChars && langtag.test(tag) ? tag : undefined
}
