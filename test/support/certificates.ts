import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate and its private key, PEM, and the file of the certificate. */
export interface Certificate {
  cert: string
  key: string
  certFile: string
}

/** Makes a certificate with OpenSSL (3.0 or later), good for a day, in `folder`: signed by `by` for `127.0.0.1`, or else an authority. */
export function makeCertificate(folder: string, name: string, by?: Certificate): Certificate {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const signed = by
    ? ['-CA', by.certFile, '-CAkey', by.certFile.replace(/\.pem$/, '.key'), '-addext', 'subjectAltName=IP:127.0.0.1']
    : ['-addext', 'keyUsage=critical,keyCertSign']
  const basic = ['-addext', `basicConstraints=critical,CA:${by ? 'FALSE' : 'TRUE'}`]
  const files = ['-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', ['req', '-x509', ...curve, ...signed, ...basic, ...files], { stdio: 'pipe' })
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile }
}
