/** Who is who in a cluster: certificates of an authority that lives as long as it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../testbed.ts'

export interface Certificate {
  certificate: string
  key: string
}

export interface Identities {
  authority: Certificate
  /** Signs the tokens of service accounts. */
  tokens: Certificate
  server(name: string, alternatives: readonly string[]): Certificate
  client(name: string, group?: string): Certificate
}

export function createIdentities(folder: string): Identities {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const make = (file: string, subject: string, ...more: string[]): Certificate => {
    const [certificate, key] = [join(folder, `${file}.crt`), join(folder, `${file}.key`)]
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const out = ['-keyout', key, '-out', certificate, '-days', '2', '-subj', subject]
    run(['openssl', 'req', '-x509', ...newKey, ...out, ...more])
    return { certificate, key }
  }
  const authority = make('authority', '/CN=stella-test')
  const signed = ['-CA', authority.certificate, '-CAkey', authority.key]
  const use = (words: string): string[] => ['-addext', `extendedKeyUsage=${words}`]
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE']
  return {
    authority,
    tokens: make('tokens', '/CN=tokens'),
    server: (name, alternatives) => {
      const names = ['-addext', `subjectAltName=${alternatives.join(',')}`]
      return make(
        `${name}-server`,
        `/CN=${name}`,
        ...signed,
        ...use('serverAuth'),
        ...leaf,
        ...names,
      )
    },
    client: (name, group) => {
      const subject = `${group === undefined ? '' : `/O=${group}`}/CN=${name}`
      const file = name.replaceAll(':', '-')
      return make(file, subject, ...signed, ...use('clientAuth'), ...leaf)
    },
  }
}

/** Writes what a client needs to reach the API server as somebody. */
export function writeKubeconfig(
  path: string,
  server: string,
  authority: Certificate,
  client: Certificate,
): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server, 'certificate-authority': authority.certificate } },
    ],
    users: [
      {
        name: 'test',
        user: { 'client-certificate': client.certificate, 'client-key': client.key },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  }
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 })
  return path
}
