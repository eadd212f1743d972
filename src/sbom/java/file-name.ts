/** What the name of an archive tells: `commons-lang3-3.14.0.jar`. */

export interface FileName {
  name: string
  version: string | null
}

/** Where the version begins: at a digit, a `build12` or an `rc1` after a dash, as in `jetpack-build235-rc5`. */
const DASHED = /^(.*?[^-])-((?:\d|build\d|rc?\d+(?![a-z\d])).*)$/i
/** Others write `org.eclipse.osgi_3.18.0.v2022` or `jsr305.3.0`. */
const OTHERWISE = /^([a-z].*?)[._](\d.*)$/i
const JAVA_NAME = /^[\p{L}$_]\w*$/u

export function parseFileName(path: string): FileName {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
  // Longer ones are no versions that anybody wrote, and tried at every dash.
  const match = base.length > 255 ? null : (DASHED.exec(base) ?? OTHERWISE.exec(base))
  return { name: match?.[1] ?? base, version: match?.[2] ?? null }
}

/** Artifacts with dots in their names: `javax.inject`, `jakarta.mail`, `org.eclipse.core.runtime`. */
const WHOLE = /^(?:javax|jakarta|org\.eclipse)\./

/** The artifact that a file name stands for: others with dots begin with their group, as `org.apache.felix.gogo`. */
export function artifactOf({ name }: FileName): string {
  const parts = name.split('.')
  const isGrouped =
    parts.length > 1 && !WHOLE.test(name) && parts.every((part) => JAVA_NAME.test(part))
  return isGrouped ? (parts.at(-1) ?? name) : name
}
