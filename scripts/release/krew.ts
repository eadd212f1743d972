import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../lib/repo.ts'

/** What Krew downloads for a processor, and where it will lie. */
export interface KrewArchive {
  file: string
  uri: string
}

/** The manifest of a release for Krew: deploy/krew/stella.yaml with its version, and the address and sum of each archive. */
export function krewManifest(
  version: string,
  archives: Readonly<Record<'amd64' | 'arm64', KrewArchive>>,
): string {
  const template = readFileSync(join(REPO, 'deploy/krew/stella.yaml'), 'utf8')
  const [head = '', ...platforms] = template
    .replaceAll(/^#.*\n/gm, '')
    .replace(/^( +version:) .*$/m, `$1 v${version}`)
    .split(/(?=^ +- selector:)/m)
  const filled = platforms.map((platform) => {
    const { file, uri } = archives[platform.includes('arch: arm64') ? 'arm64' : 'amd64']
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    return platform
      .replace(/^( +uri:) .*$/m, (_, key: string) => `${key} ${uri}`)
      .replace(/^( +sha256:) .*$/m, `$1 ${sum}`)
  })
  return [head, ...filled].join('')
}
