/** Files by which package managers know what is installed, as the made images hold them. */
import type { Entry } from './tar.ts'
import { zipBytes } from './zip.ts'
import type { ZipMember } from './zip.ts'

export const OS_RELEASE: Entry = {
  path: 'etc/os-release',
  body: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
}

export function dpkgStatus(packages: Readonly<Record<string, string>>): Entry {
  const paragraphs = Object.entries(packages).map(
    ([name, version]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n` +
      `Maintainer: Nobody <nobody@example.org>\nDescription: a package\n`,
  )
  return { path: 'var/lib/dpkg/status', body: `${paragraphs.join('\n')}\n` }
}

export function npmPackage(folder: string, name: string, version: string): Entry {
  const body = `${JSON.stringify({ name, version, license: 'MIT' }, null, 2)}\n`
  return { path: `${folder}/node_modules/${name}/package.json`, body }
}

export function pythonPackage(name: string, version: string): Entry {
  const folder = `usr/lib/python3/dist-packages/${name}-${version}.dist-info`
  const body = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nLicense: BSD-3-Clause\n\n`
  return { path: `${folder}/METADATA`, body }
}

/** What Maven puts into each jar. */
export function pomProperties(group: string, artifact: string, version: string): ZipMember {
  return {
    name: `META-INF/maven/${group}/${artifact}/pom.properties`,
    body: Buffer.from(`version=${version}\ngroupId=${group}\nartifactId=${artifact}\n`),
  }
}

export function jar(group: string, artifact: string, version: string): Buffer {
  const manifest = { name: 'META-INF/MANIFEST.MF', body: Buffer.from('Manifest-Version: 1.0\n\n') }
  return zipBytes([manifest, pomProperties(group, artifact, version)])
}
