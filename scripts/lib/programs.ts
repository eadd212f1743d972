import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The path of a program, looked up as a shell would; null when it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  for (const folder of folders) {
    const path = join(folder, name)
    if (isExecutable(path)) return path
  }
  return null
}

/** Those of the given programs that are not installed. */
export function missingPrograms(names: readonly string[]): string[] {
  return names.filter((name) => findProgram(name) === null)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
