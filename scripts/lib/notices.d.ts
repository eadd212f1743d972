export function packageFolders(moduleIds: readonly string[], repo: string): string[]
export function noticesOf(folders: readonly string[]): string
export function bundledLock(folders: readonly string[], repo: string): string
