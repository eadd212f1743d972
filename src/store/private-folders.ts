/** Who may enter what stella keeps. */
import { statSync } from 'node:fs'
import { join } from 'node:path'

/** Those that hold what is nobody else's business: the environment of containers, outputs of commands, SBOMs. */
const FOLDERS = ['cases', 'fixes', 'recordings', 'runs', 'database', 'pressure']

const OTHERS = 0o077
const OTHERS_WRITE = 0o022

export interface OpenFolder {
  path: string
  mode: number
}

/** Folders that others than the owner may enter, and the data folder itself where they could put another one in its place. */
export function openFolders(dataFolder: string): readonly OpenFolder[] {
  const own = modeOf(dataFolder)
  if (own === null || (own & OTHERS) === 0) return []
  const inside = FOLDERS.flatMap((name) => {
    const path = join(dataFolder, name)
    const mode = modeOf(path)
    return mode === null || (mode & OTHERS) === 0 ? [] : [{ path, mode }]
  })
  return (own & OTHERS_WRITE) === 0 ? inside : [{ path: dataFolder, mode: own }, ...inside]
}

/** Its permission bits; null: it is not there, or may not be looked at. */
export function modeOf(path: string): number | null {
  try {
    return statSync(path).mode & 0o7777
  } catch {
    return null
  }
}
