/** What Maven calls an artifact. https://maven.apache.org/pom.html#Maven_Coordinates */

export interface Coordinates {
  group: string | null
  artifact: string | null
  version: string | null
}

/** `META-INF/maven/<group>/<artifact>/pom.properties`, in the format of java.util.Properties. */
export function parsePomProperties(text: string): Coordinates {
  const values = new Map<string, string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*(groupId|artifactId|version)(?:\s*[=:]|\s)(.*)/.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) continue
    values.set(match[1], match[2].trimStart().replaceAll(/\\(.)/g, '$1'))
  }
  return {
    group: known(values.get('groupId')),
    artifact: known(values.get('artifactId')),
    version: known(values.get('version')),
  }
}

/** Null for nothing, and for what nobody filled in: `${project.version}`. */
export function known(value: string | undefined): string | null {
  const trimmed = value?.trim() ?? ''
  const isMissing = trimmed === '' || trimmed.includes('${') || trimmed.includes('@{')
  return isMissing ? null : detached(trimmed)
}

/** A part of a text keeps the whole of it in memory; this is a text of its own. */
export const detached = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')
