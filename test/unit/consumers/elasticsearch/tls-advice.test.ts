import { expect, test } from 'vitest'
import { tlsAdvice } from '../../../../consumers/elasticsearch/tls-advice.ts'

test.each([
  ['self-signed certificate', 'ELASTICSEARCH_CA_FILE'],
  ['self-signed certificate in certificate chain', 'ELASTICSEARCH_CA_FILE'],
  ['unable to verify the first certificate', 'ELASTICSEARCH_CA_FILE'],
  ['unable to get local issuer certificate', 'ELASTICSEARCH_CA_FILE'],
  ["Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames", 'URL as its'],
  ['certificate has expired', 'renew the certificate'],
  ['certificate is not yet valid', 'clock'],
  ['ssl3_get_record:wrong version number', 'http://'],
])('says of %j what to do', (message, says) => {
  expect(tlsAdvice(message)).toContain(says)
})

test.each(['connect ECONNREFUSED 127.0.0.1:9200', 'other side closed', 'Request timed out'])(
  'says nothing of %j: it is not about TLS',
  message => {
    expect(tlsAdvice(message)).toBeUndefined()
  },
)
