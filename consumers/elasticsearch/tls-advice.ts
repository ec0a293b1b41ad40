/** What OpenSSL and Node say of a connection that TLS refused, and what helps. The client keeps nothing but the words. */
const advice: readonly [RegExp, string][] = [
  [
    /self-signed certificate|unable to (verify|get)/i,
    'its certificate is of an authority that is not known here. Set ELASTICSEARCH_CA_FILE to the PEM file of the authority that signed it',
  ],
  [
    /does not match certificate's altnames/i,
    'its certificate is of another host. Name the node in ELASTICSEARCH_URL as its certificate does',
  ],
  [
    /certificate (has expired|is not yet valid)/i,
    'renew the certificate of the node, or look at the clock of this machine',
  ],
  [/wrong version number|packet length too long/i, 'it does not speak TLS there. Is it http:// in ELASTICSEARCH_URL?'],
]

/** What an operator is to do about an error with this message; undefined where TLS is not what failed. */
export function tlsAdvice(message: string): string | undefined {
  return advice.find(([words]) => words.test(message))?.[1]
}
